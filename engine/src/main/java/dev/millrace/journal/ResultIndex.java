package dev.millrace.journal;

import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;

/**
 * The numbers of results by the prefixes of their keys, in two tables. Keys are random, so one
 * index of them all would have a page written for nearly each new result. The newest are therefore
 * only noted in the order of recording, in {@code recent_keys}, and whoever looks for one keeps
 * them in memory ({@link RecentKeys}). When there are many, they are settled: moved into {@code
 * settled_keys} in the order of the keys, so that a page is written once for many (P. O'Neil et
 * al., "The log-structured merge-tree", 1996).
 */
final class ResultIndex {
  /**
   * With so many recent results they are settled. Reading them takes a cold process 7 ms; each
   * settling writes most pages of the large table, 5,000 for a million keys.
   */
  private static final int RECENT = 131_072;

  /** A row of {@code recent_keys} has so many prefixes at most, and then fills a page of 4 KiB. */
  private static final int BLOCK = 480;

  private ResultIndex() {}

  /** Returns the number of the newest result, or 0. */
  static long last(Statements statements) throws SQLException {
    return number(statements, "SELECT max(number) FROM results");
  }

  /** Adds results that have just been recorded, the first of them as {@code first}. */
  static void add(Statements statements, long first, List<ResultRow> rows) throws SQLException {
    int at = 0;
    PreparedStatement select =
        statements.of("SELECT first, prefixes FROM recent_keys ORDER BY first DESC LIMIT 1");
    try (ResultSet block = select.executeQuery()) {
      if (block.next()) {
        byte[] prefixes = block.getBytes(2);
        int count = prefixes.length / Long.BYTES;
        if (block.getLong(1) + count == first && count < BLOCK) {
          at = write(statements, first - count, prefixes, rows);
        }
      }
    }
    while (at < rows.size()) {
      at += write(statements, first + at, new byte[0], rows.subList(at, rows.size()));
    }
  }

  /** Writes a block with those prefixes and as many more as fit; returns how many these were. */
  private static int write(Statements statements, long first, byte[] prefixes, List<ResultRow> more)
      throws SQLException {
    int added = Math.min(more.size(), BLOCK - prefixes.length / Long.BYTES);
    ByteBuffer block = ByteBuffer.allocate(prefixes.length + added * Long.BYTES).put(prefixes);
    more.subList(0, added).forEach(row -> block.putLong(row.prefix()));
    PreparedStatement insert =
        statements.of("INSERT OR REPLACE INTO recent_keys (first, prefixes) VALUES (?, ?)");
    insert.setLong(1, first);
    insert.setBytes(2, block.array());
    insert.executeUpdate();
    return added;
  }

  /** Settles the recent results if there are many. */
  static void settleMany(Statements statements) throws SQLException {
    if (last(statements) - settled(statements) >= RECENT) {
      settle(statements);
    }
  }

  /**
   * Settles the recent results. Of those with the same action, outputs and subject only the newest
   * stays, which costs nothing where there are none: then all are inserted.
   */
  static void settle(Statements statements) throws SQLException {
    long settled = settled(statements);
    long last = last(statements);
    PreparedStatement insert =
        statements.of(
            """
            INSERT OR IGNORE INTO settled_keys SELECT prefix, variant, number FROM results
            WHERE number > ? ORDER BY prefix, variant, number\
            """);
    insert.setLong(1, settled);
    if (insert.executeUpdate() != last - settled) {
      dropReplaced(statements, settled);
    }
    statements.run("DELETE FROM recent_keys");
    PreparedStatement update = statements.of("UPDATE settled SET number = ?");
    update.setLong(1, last);
    update.executeUpdate();
  }

  private static void dropReplaced(Statements statements, long settled) throws SQLException {
    PreparedStatement delete =
        statements.of(
            """
            DELETE FROM results WHERE number IN (
              SELECT s.number FROM results r CROSS JOIN settled_keys s
                ON s.prefix = r.prefix AND s.variant = r.variant
                WHERE r.number > ?1 AND s.number < r.number
              UNION ALL
              SELECT number FROM (SELECT number, lead(number) OVER
                (PARTITION BY prefix, variant ORDER BY number) AS newer
                FROM results WHERE number > ?1) WHERE newer IS NOT NULL)\
            """);
    delete.setLong(1, settled);
    delete.executeUpdate();
    PreparedStatement replace =
        statements.of(
            """
            INSERT OR REPLACE INTO settled_keys SELECT prefix, variant, number FROM results
            WHERE number > ? ORDER BY prefix, variant\
            """);
    replace.setLong(1, settled);
    replace.executeUpdate();
  }

  private static long settled(Statements statements) throws SQLException {
    return number(statements, "SELECT number FROM settled");
  }

  private static long number(Statements statements, String select) throws SQLException {
    try (ResultSet row = statements.of(select).executeQuery()) {
      return row.getLong(1);
    }
  }

  /** Returns the numbers of the results whose keys have that prefix, the newest first. */
  static NavigableSet<Long> numbers(Statements statements, RecentKeys recent, long prefix)
      throws SQLException {
    recent.refresh(statements);
    NavigableSet<Long> numbers = new TreeSet<>(Comparator.reverseOrder());
    numbers.addAll(recent.numbers(prefix));
    addSettled(statements, prefix, numbers);
    return numbers;
  }

  /**
   * Returns, within a transaction that writes, those recorded after that number and the settled.
   */
  static NavigableSet<Long> numbersSince(Statements statements, long prefix, long last)
      throws SQLException {
    NavigableSet<Long> numbers = new TreeSet<>(Comparator.reverseOrder());
    PreparedStatement select =
        statements.of("SELECT first, prefixes FROM recent_keys WHERE first > ?");
    select.setLong(1, last - BLOCK);
    try (ResultSet block = select.executeQuery()) {
      while (block.next()) {
        LongBuffer prefixes = ByteBuffer.wrap(block.getBytes(2)).asLongBuffer();
        for (long number = block.getLong(1); prefixes.hasRemaining(); number++) {
          if (prefixes.get() == prefix && number > last) {
            numbers.add(number);
          }
        }
      }
    }
    addSettled(statements, prefix, numbers);
    return numbers;
  }

  private static void addSettled(Statements statements, long prefix, Set<Long> numbers)
      throws SQLException {
    PreparedStatement select = statements.of("SELECT number FROM settled_keys WHERE prefix = ?");
    select.setLong(1, prefix);
    try (ResultSet row = select.executeQuery()) {
      while (row.next()) {
        numbers.add(row.getLong(1));
      }
    }
  }
}

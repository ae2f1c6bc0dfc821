package dev.millrace.journal;

import java.nio.ByteBuffer;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableSet;
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
   * How many results are recent at most. Reading them takes a cold process some milliseconds; each
   * settling writes most pages of the large table, 5,000 for a million keys.
   */
  static final int RECENT = 131_072;

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
    if (first + rows.size() - 1 - number(statements, "SELECT number FROM settled") >= RECENT) {
      settle(statements);
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

  /**
   * Of results with the same action, outputs and subject only the newest stays: a trigger of the
   * table drops the one whose number is replaced.
   */
  private static void settle(Statements statements) throws SQLException {
    statements.run(
        """
        INSERT INTO settled_keys SELECT prefix, variant, number FROM results
        WHERE number > (SELECT number FROM settled) ORDER BY prefix, variant, number
        ON CONFLICT DO UPDATE SET number = excluded.number\
        """);
    statements.run("DELETE FROM recent_keys");
    statements.run("UPDATE settled SET number = (SELECT max(number) FROM results)");
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
    PreparedStatement select = statements.of("SELECT number FROM settled_keys WHERE prefix = ?");
    select.setLong(1, prefix);
    try (ResultSet row = select.executeQuery()) {
      while (row.next()) {
        numbers.add(row.getLong(1));
      }
    }
    return numbers;
  }
}

package dev.millrace.journal;

import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The results that are not settled (see {@link ResultIndex}) by the prefixes of their keys, read
 * from the database as far as it has changed.
 *
 * <p>Whoever looks for a result refreshes this, asks this, and only then the settled keys: one that
 * is settled meanwhile is then in both, never in none.
 *
 * <p>One database has one of these. Safe for use by many threads.
 */
final class RecentKeys {
  private static final int FIRST_PLACES = 1 << 8;

  /** By the place of a result, in the order of recording. */
  private long[] prefixes = new long[FIRST_PLACES];

  private int size;

  private long settlings;

  /** The numbers of the results with which blocks begin, by their places. */
  private final NavigableMap<Integer, Long> blocks = new TreeMap<>();

  /** How many results are in the two tables below: the rest is added when one is looked for. */
  private int linked;

  /** By place: the place, plus 1, of the result before in the same bucket; or 0. */
  private int[] before = new int[FIRST_PLACES];

  /** By bucket: the place, plus 1, of its newest result; or 0. */
  private int[] newest = new int[FIRST_PLACES];

  /** Takes what is new in the database. */
  synchronized void refresh(Statements statements) throws SQLException {
    PreparedStatement select =
        statements.of("SELECT first, prefixes FROM recent_keys WHERE first >= ? ORDER BY first");
    select.setLong(1, blocks.isEmpty() ? 0 : blocks.lastEntry().getValue());
    boolean follows = false;
    try (ResultSet row = select.executeQuery()) {
      while (row.next()) {
        take(row.getLong(1), row.getBytes(2), follows);
        follows = true;
      }
    }
    if (!follows) {
      clear();
    }
  }

  /**
   * Takes a block.
   *
   * @param follows whether another one was read before it. The first one is that which was the last
   *     when this was refreshed before; if it is not, that one has been settled with all before it
   */
  private void take(long first, byte[] block, boolean follows) {
    int read = 0;
    if (!blocks.isEmpty() && blocks.lastEntry().getValue() == first) {
      read = size - blocks.lastKey();
    } else {
      if (!follows) {
        clear();
      }
      blocks.put(size, first);
    }
    LongBuffer added = ByteBuffer.wrap(block).asLongBuffer().position(read);
    int grown = size + added.remaining();
    if (grown > prefixes.length) {
      prefixes = Arrays.copyOf(prefixes, Math.max(grown, 2 * prefixes.length));
    }
    added.get(prefixes, size, added.remaining());
    size = grown;
  }

  private void clear() {
    if (size > 0) {
      settlings++;
      blocks.clear();
      size = 0;
      linked = 0;
      Arrays.fill(newest, 0);
    }
  }

  /** Returns how often it was found that the results of then have been settled. */
  synchronized long settlings() {
    return settlings;
  }

  private void link() {
    if (size > before.length) {
      int[] places = new int[prefixes.length];
      newest = new int[2 * Integer.highestOneBit(prefixes.length)];
      before = places;
      linked = 0;
    }
    for (; linked < size; linked++) {
      int bucket = bucket(prefixes[linked]);
      before[linked] = newest[bucket];
      newest[bucket] = linked + 1;
    }
  }

  /** Prefixes are parts of hashes, so any of their bits will do. */
  private int bucket(long prefix) {
    return (int) prefix & newest.length - 1;
  }

  /** Returns the numbers of the results whose keys have that prefix, the newest first. */
  synchronized List<Long> numbers(long prefix) {
    link();
    List<Long> found = List.of();
    for (int place = newest[bucket(prefix)]; place > 0; place = before[place - 1]) {
      if (prefixes[place - 1] == prefix) {
        found = found.isEmpty() ? new ArrayList<>(1) : found;
        found.add(number(place - 1));
      }
    }
    return found;
  }

  private long number(int place) {
    Map.Entry<Integer, Long> block = blocks.floorEntry(place);
    return block.getValue() + place - block.getKey();
  }
}

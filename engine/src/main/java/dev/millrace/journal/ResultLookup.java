package dev.millrace.journal;

import dev.millrace.cache.ActionKey;
import dev.millrace.cache.ActionResult;
import dev.millrace.cache.PackedResult;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One lookup of many keys in few statements. */
final class ResultLookup {
  private static final String COLUMNS = "r.number, r.used, r.key, r.result, r.live";

  private static final int MOST_TRIES = 3;

  private static final BatchSelect BY_NUMBER =
      new BatchSelect(COLUMNS, "CROSS JOIN results r ON r.number = wanted.key");

  private static final BatchSelect BY_PREFIX =
      new BatchSelect(
          COLUMNS,
          """
          CROSS JOIN settled_keys k ON k.prefix = wanted.key
          CROSS JOIN results r ON r.number = k.number\
          """);

  private final List<ActionKey> keys;
  private final long stale;
  private final RecentKeys recent;
  private final List<Long> unnoted = new ArrayList<>();
  private final Map<ActionKey, ActionResult> found;
  private final long[] numbers;

  /**
   * @param keys each once
   * @param stale results used before this, in milliseconds since 1970, are listed in {@link
   *     #unnoted}
   */
  ResultLookup(List<ActionKey> keys, long stale, RecentKeys recent) {
    this.keys = keys;
    this.stale = stale;
    this.recent = recent;
    this.found = HashMap.newHashMap(keys.size());
    this.numbers = new long[keys.size()];
  }

  /** Numbers of the results found whose use should be noted. */
  List<Long> unnoted() {
    return unnoted;
  }

  Map<ActionKey, ActionResult> run(Statements statements) throws SQLException {
    boolean complete = false;
    for (int tries = 0; tries < MOST_TRIES && !complete; tries++) {
      recent.refresh(statements);
      // The newest of each key will do for nearly all: others are asked for only where it does not.
      complete = lookUpRecent(statements, 0, 1) && lookUpRecent(statements, 1, Integer.MAX_VALUE);
    }
    lookUpSettled(statements);
    return found;
  }

  /** Returns false where one is gone, replaced by one that was recorded since. */
  private boolean lookUpRecent(Statements statements, int from, int to) throws SQLException {
    List<Integer> places = new ArrayList<>();
    List<Long> wanted = new ArrayList<>();
    for (int place : unanswered()) {
      List<Long> newestFirst = recent.numbers(prefix(place));
      for (int i = from; i < Math.min(to, newestFirst.size()); i++) {
        places.add(place);
        wanted.add(newestFirst.get(i));
      }
    }
    BitSet seen = new BitSet(wanted.size());
    BY_NUMBER.run(
        statements,
        wanted.size(),
        (select, parameter, i) -> select.setLong(parameter, wanted.get(i)),
        (i, row) -> {
          seen.set(i);
          take(places.get(i), row);
        });
    return seen.cardinality() == wanted.size();
  }

  /** Any settled result is older than all recent ones. */
  private void lookUpSettled(Statements statements) throws SQLException {
    List<Integer> places = unanswered();
    BY_PREFIX.run(
        statements,
        places.size(),
        (select, parameter, i) -> select.setLong(parameter, prefix(places.get(i))),
        (i, row) -> take(places.get(i), row));
  }

  private List<Integer> unanswered() {
    List<Integer> places = new ArrayList<>();
    for (int place = 0; place < numbers.length; place++) {
      if (numbers[place] == 0) {
        places.add(place);
      }
    }
    return places;
  }

  private long prefix(int place) {
    return ResultRow.prefix(keys.get(place).digest());
  }

  /** Takes a row, if it is live and has the whole key, and no newer one was taken. */
  private void take(int place, ResultSet row) throws SQLException {
    ActionKey key = keys.get(place);
    long number = row.getLong(2);
    if (number > numbers[place]
        && row.getInt(6) == 1
        && Arrays.equals(row.getBytes(4), ResultRow.hash(key.digest()))) {
      numbers[place] = number;
      found.put(key, PackedResult.read(row.getBytes(5)));
      if (row.getLong(3) < stale) {
        unnoted.add(number);
      }
    }
  }
}

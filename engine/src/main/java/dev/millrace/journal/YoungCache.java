package dev.millrace.journal;

import dev.millrace.cache.ActionKey;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What an action cache can have that was empty when its database was opened, known by heart until
 * it has grown: a first run asks for each of its results before it makes it, and each question of
 * the database would cost it three statements to hear that there is nothing.
 *
 * <p>One database has one of these, told of every result before it is written. Safe for use by many
 * threads.
 */
final class YoungCache {
  /**
   * With more results it is no longer young, and the database is asked as ever: 32 MiB are kept.
   */
  private static final int MOST_RESULTS = 2_000_000;

  private volatile @Nullable Known known;

  private record Known(PrefixSet prefixes, Set<String> steps) {}

  /**
   * @param empty whether there is no result at all
   */
  YoungCache(boolean empty) {
    known = empty ? new Known(new PrefixSet(), ConcurrentHashMap.newKeySet()) : null;
  }

  /** Notes a result that is about to be recorded. */
  void add(ResultRow row) {
    Known added = known;
    if (added != null) {
      added.steps.add(ResultInsert.step(row.subject()));
      if (!added.prefixes.add(row.prefix())) {
        known = null;
      }
    }
  }

  /** Returns false where nothing is recorded of an action. */
  boolean mayHave(ActionKey key) {
    Known had = known;
    return had == null || had.prefixes.contains(ResultRow.prefix(key.digest()));
  }

  /** Returns false where nothing is recorded of a subject, nor of any other of its step. */
  boolean mayHaveStepOf(String subject) {
    Known had = known;
    return had == null || had.steps.contains(ResultInsert.step(subject));
  }

  /**
   * Beginnings of keys, which are random: each stands at its own value or in the next free place.
   */
  private static final class PrefixSet {
    private static final int FIRST_PLACES = 1 << 10;

    private long[] places = new long[FIRST_PLACES];
    private int size;

    /** Returns false where there is no room for more. */
    synchronized boolean add(long prefix) {
      if (2 * size >= places.length) {
        if (size >= MOST_RESULTS) {
          return false;
        }
        grow();
      }
      int place = find(prefix);
      if (places[place] == 0) {
        places[place] = prefix + 1; // 0 is a place that is free.
        size++;
      }
      return true;
    }

    synchronized boolean contains(long prefix) {
      return places[find(prefix)] != 0;
    }

    private int find(long prefix) {
      int place = (int) prefix & places.length - 1;
      while (places[place] != 0 && places[place] != prefix + 1) {
        place = place + 1 & places.length - 1;
      }
      return place;
    }

    private void grow() {
      long[] before = places;
      places = new long[2 * before.length];
      for (long taken : before) {
        if (taken != 0) {
          places[find(taken - 1)] = taken;
        }
      }
    }
  }
}

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
  /** With more results it is no longer young, and the database is asked as ever. */
  private static final int MOST_RESULTS = 100_000;

  private volatile @Nullable Known known;

  private record Known(Set<Long> prefixes, Set<String> steps) {}

  /**
   * @param empty whether there is no result at all
   */
  YoungCache(boolean empty) {
    known = empty ? new Known(ConcurrentHashMap.newKeySet(), ConcurrentHashMap.newKeySet()) : null;
  }

  /** Notes a result that is about to be recorded. */
  void add(ResultRow row) {
    Known added = known;
    if (added != null) {
      added.prefixes.add(row.prefix());
      added.steps.add(ResultInsert.step(row.subject()));
      if (added.prefixes.size() > MOST_RESULTS) {
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
}

package dev.millrace.runtime;

import dev.millrace.dispatch.AttemptRef;
import dev.millrace.executor.Leftover;
import dev.millrace.executor.TaskExecutor;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The attempts that dead engines left behind, until each is taken over by its run or ended. Asked
 * for once, with the first call. Safe for use by many threads.
 */
final class Leftovers {
  private final Collection<TaskExecutor> executors;
  private final Predicate<String> mayGoOn;
  private final Set<Path> sandboxes = new HashSet<>();
  private @Nullable Map<AttemptRef, Found> unclaimed;

  /** An attempt and who found it. */
  record Found(TaskExecutor executor, Leftover leftover) {
    /** Ends it, and removes what is left of it. */
    void discard() {
      executor.discard(leftover);
    }
  }

  /**
   * @param mayGoOn tells whether a run has not ended, so that its attempts are not nobody's
   */
  Leftovers(Collection<TaskExecutor> executors, Predicate<String> mayGoOn) {
    this.executors = executors;
    this.mayGoOn = mayGoOn;
  }

  /** Returns what was found of a run; the caller adopts or discards each. */
  synchronized Map<AttemptRef, Found> claim(String run) {
    Map<AttemptRef, Found> all = find();
    Map<AttemptRef, Found> claimed = new HashMap<>();
    all.forEach(
        (attempt, found) -> {
          if (attempt.run().equals(run)) {
            claimed.put(attempt, found);
          }
        });
    all.keySet().removeAll(claimed.keySet());
    return claimed;
  }

  /** Returns the sandboxes that are or may be taken over: they are not to be removed. */
  synchronized Set<Path> sandboxes() {
    find();
    return Set.copyOf(sandboxes);
  }

  private Map<AttemptRef, Found> find() {
    Map<AttemptRef, Found> known = unclaimed;
    if (known == null) {
      known = new HashMap<>();
      for (TaskExecutor executor : executors) {
        for (Leftover leftover : executor.leftovers()) {
          take(new Found(executor, leftover), known);
        }
      }
      unclaimed = known;
    }
    return known;
  }

  private void take(Found found, Map<AttemptRef, Found> known) {
    AttemptRef attempt;
    try {
      attempt = AttemptRef.parse(found.leftover().attemptId());
    } catch (IllegalArgumentException e) {
      found.discard();
      return;
    }
    if (mayGoOn.test(attempt.run())) {
      known.put(attempt, found);
      sandboxes.add(found.leftover().workingDirectory());
    } else {
      found.discard();
    }
  }
}

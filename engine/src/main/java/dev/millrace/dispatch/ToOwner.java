package dev.millrace.dispatch;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.SequencedSet;
import org.jspecify.annotations.Nullable;

/** What the owner of a run is told. */
public sealed interface ToOwner {

  /** Returns the run's id. */
  String run();

  /**
   * A task has a place.
   *
   * @param attempt number of the attempt that it was wanted for
   * @param worker address of the worker
   */
  record Grant(String run, int task, int attempt, String worker) implements ToOwner {}

  /** No worker is large enough for a task, and none will come. */
  record Unplaceable(String run, int task, int attempt) implements ToOwner {}

  /** An equal action has ended: look the task's up again. */
  record Reconsider(String run, int task, int attempt) implements ToOwner {}

  /**
   * An attempt has ended. Repeated until it is acknowledged.
   *
   * @param worker its address
   * @param millis how long it took, from its sandbox to its results
   */
  record Report(AttemptRef attempt, String worker, AttemptReport report, long millis)
      implements ToOwner {
    @Override
    public String run() {
      return attempt.run();
    }
  }

  /**
   * What a worker has of a run, said from time to time.
   *
   * @param worker its address
   * @param attempts that wait, run, or have ended and are not acknowledged
   * @param stalled why it cannot go on with some of them for now, or null
   */
  record Holding(
      String run, String worker, SequencedSet<AttemptRef> attempts, @Nullable String stalled)
      implements ToOwner {
    public Holding {
      // In order: Set.copyOf has another in each process, and a simulation could not be repeated.
      attempts = Collections.unmodifiableSequencedSet(new LinkedHashSet<>(attempts));
    }
  }
}

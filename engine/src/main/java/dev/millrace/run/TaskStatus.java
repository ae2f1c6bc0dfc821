package dev.millrace.run;

import dev.millrace.cache.ActionKey;
import dev.millrace.cache.ActionResult;
import dev.millrace.content.Artifact;
import java.util.Map;

/** How a task stands. Data that is valid in one phase only lives in that phase's record. */
public sealed interface TaskStatus {

  /** The one status of all tasks that wait: a waiting task costs a reference. */
  Waiting WAITING = new Waiting();

  /** The one status of all tasks whose action is being made. */
  Ready READY = new Ready();

  /** The one status of all tasks that were cancelled. */
  Cancelled CANCELLED = new Cancelled();

  /** The one status of all numbers that are out of use. */
  Retired RETIRED = new Retired();

  /** Returns the phase, by which the legal changes are decided. */
  TaskPhase phase();

  /** Waits for what it depends on. */
  record Waiting() implements TaskStatus {
    @Override
    public TaskPhase phase() {
      return TaskPhase.WAITING;
    }
  }

  /** Its action is being made and looked up. */
  record Ready() implements TaskStatus {
    @Override
    public TaskPhase phase() {
      return TaskPhase.READY;
    }
  }

  /** Waits for somebody's yes. */
  record Held(ActionKey key) implements TaskStatus {
    @Override
    public TaskPhase phase() {
      return TaskPhase.HELD;
    }
  }

  /** Waits for a place to run. */
  record Queued(ActionKey key) implements TaskStatus {
    @Override
    public TaskPhase phase() {
      return TaskPhase.QUEUED;
    }
  }

  /**
   * Runs.
   *
   * @param attempt its number, from 1: the fencing token, a report of another attempt changes
   *     nothing
   * @param worker where
   */
  record Running(ActionKey key, int attempt, String worker) implements TaskStatus {
    @Override
    public TaskPhase phase() {
      return TaskPhase.RUNNING;
    }
  }

  /**
   * Waits for its next attempt.
   *
   * @param untilMillis since the epoch
   */
  record Backoff(Failure last, long untilMillis) implements TaskStatus {
    @Override
    public TaskPhase phase() {
      return TaskPhase.BACKOFF;
    }
  }

  /**
   * Has its result.
   *
   * @param outputs by declared name, for the tasks below; empty where nothing in the run reads them
   * @param metrics by name, likewise
   * @param cached whether it was recorded before
   */
  record Succeeded(Map<String, Artifact> outputs, Map<String, Double> metrics, boolean cached)
      implements TaskStatus {
    private static final Succeeded RAN = new Succeeded(Map.of(), Map.of(), false);
    private static final Succeeded CACHED = new Succeeded(Map.of(), Map.of(), true);

    public Succeeded {
      outputs = Map.copyOf(outputs);
      metrics = Map.copyOf(metrics);
    }

    /**
     * Returns the status of a task with that result: one for all tasks where there is nothing to
     * tell them apart.
     *
     * @param read whether anything in the run reads it
     */
    static Succeeded of(ActionResult result, boolean cached, boolean read) {
      if (!read || (result.outputs().isEmpty() && result.metrics().isEmpty())) {
        return cached ? CACHED : RAN;
      }
      return new Succeeded(result.outputs(), result.metrics(), cached);
    }

    @Override
    public TaskPhase phase() {
      return TaskPhase.SUCCEEDED;
    }
  }

  /** Failed for good. */
  record Failed(Failure failure) implements TaskStatus {
    @Override
    public TaskPhase phase() {
      return TaskPhase.FAILED;
    }
  }

  /** Was not run. */
  record Skipped(SkipCause cause) implements TaskStatus {
    @Override
    public TaskPhase phase() {
      return TaskPhase.SKIPPED;
    }
  }

  /** Was cancelled with its run. */
  record Cancelled() implements TaskStatus {
    @Override
    public TaskPhase phase() {
      return TaskPhase.CANCELLED;
    }
  }

  /** Is no task any more: others have taken its place. */
  record Retired() implements TaskStatus {
    @Override
    public TaskPhase phase() {
      return TaskPhase.RETIRED;
    }
  }
}

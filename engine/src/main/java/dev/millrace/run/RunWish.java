package dev.millrace.run;

import dev.millrace.cache.ActionKey;
import dev.millrace.cache.ActionResult;
import dev.millrace.cache.Explanation;
import dev.millrace.json.JsonArray;
import dev.millrace.json.JsonObject;
import java.util.List;

/**
 * What is asked or reported of a run. A wish that no longer fits (a doubled or late report) gives
 * no facts: it is never an error.
 */
public sealed interface RunWish {

  /** Begin: the first wish of a run. */
  record Accept(JsonObject submission) implements RunWish {}

  /** The list of a step's items was read. */
  record Expand(int step, JsonArray items) implements RunWish {}

  /** What should be the list of a step's items is none. */
  record FailExpansion(int step, Failure failure) implements RunWish {}

  /** The action of a ready task is recorded already. */
  record TakeCached(int task, ActionKey key, ActionResult result, Explanation why)
      implements RunWish {}

  /** The action of a ready task is to be run. */
  record Queue(int task, ActionKey key, Explanation why) implements RunWish {}

  /** Look a queued task's action up again. */
  record Reconsider(int task) implements RunWish {}

  /** The {@code when} of a ready task is false. */
  record SkipTask(int task) implements RunWish {}

  /** A task that is ready or queued can never run. */
  record FailTask(int task, Failure failure) implements RunWish {}

  /** A queued task was given to a worker. */
  record StartAttempt(int task, String worker) implements RunWish {}

  /** An attempt left its result. */
  record AttemptDone(int task, int attempt, ActionResult result) implements RunWish {}

  /**
   * An attempt failed.
   *
   * @param jitter in [0, 1), drawn by the caller, for the delay before the next
   */
  record AttemptBroken(int task, int attempt, Failure failure, double jitter) implements RunWish {}

  /** An attempt ended because it was told to. */
  record AttemptStopped(int task, int attempt) implements RunWish {}

  /** The delay of a task has passed. */
  record Retry(int task) implements RunWish {}

  /** Blobs that a ready or running task needs are gone; these tasks made them. */
  record MakeAgain(int task, List<Integer> producers) implements RunWish {
    public MakeAgain {
      producers = List.copyOf(producers);
    }
  }

  /** Stop the run. */
  record Cancel(boolean force) implements RunWish {}

  /** The run was taken over from an engine that is no more: what it ran is lost. */
  record Recover() implements RunWish {}
}

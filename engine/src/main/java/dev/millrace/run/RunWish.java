package dev.millrace.run;

import dev.millrace.cache.ActionKey;
import dev.millrace.cache.ActionResult;
import dev.millrace.cache.Explanation;
import dev.millrace.json.JsonArray;
import dev.millrace.json.JsonObject;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is asked or reported of a run. A wish that no longer fits (a doubled or late report) gives
 * no facts: it is never an error.
 */
public sealed interface RunWish {

  /** A wish of a person, which may reach the engine from another process. */
  sealed interface Command extends RunWish {}

  /** Begin: the first wish of a run. */
  record Accept(JsonObject submission) implements RunWish {}

  /** The list of a step's items was read. */
  record Expand(int step, JsonArray items) implements RunWish {}

  /** What should be the list of a step's items is none. */
  record FailExpansion(int step, Failure failure) implements RunWish {}

  /** It was found out what the name of an image stands for. */
  record PinImage(String executor, String image, String imageId) implements RunWish {}

  /** The action of a ready task is recorded already. */
  record TakeCached(int task, ActionKey key, ActionResult result, Explanation why)
      implements RunWish {}

  /** The action of a ready task is to be run: it is queued, or held for an approval. */
  record Queue(int task, ActionKey key, Explanation why) implements RunWish {}

  /**
   * A held task may run.
   *
   * @param by who says so
   * @param comment theirs, or empty
   */
  record Approve(int task, String by, String comment) implements Command {}

  /** A held task may not run. Likewise. */
  record Reject(int task, String by, String comment) implements Command {}

  /** Look a queued task's action up again. */
  record Reconsider(int task) implements RunWish {}

  /** The {@code when} of a ready task is false. */
  record SkipTask(int task) implements RunWish {}

  /** A task that is ready or queued can never run. */
  record FailTask(int task, Failure failure) implements RunWish {}

  /** A queued task was given to a worker. */
  record StartAttempt(int task, String worker) implements RunWish {}

  /**
   * An attempt left its result.
   *
   * @param result the one that counts: where it was compared with a recorded one, that
   * @param difference what differs from the recorded result; null where nothing does, or nothing
   *     was compared
   */
  record AttemptDone(int task, int attempt, ActionResult result, @Nullable Difference difference)
      implements RunWish {

    /** An attempt left a result that differs from no recorded one. */
    public AttemptDone(int task, int attempt, ActionResult result) {
      this(task, attempt, result, null);
    }
  }

  /**
   * How an attempt's result differs from the recorded one of an equal action.
   *
   * @param recorded who made the recorded result
   * @param outputs names of the outputs that differ, at least one
   */
  record Difference(ActionResult.Producer recorded, List<String> outputs) {
    public Difference {
      outputs = List.copyOf(outputs);
    }
  }

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
  record Cancel(boolean force) implements Command {}

  /**
   * Go on with a run that has failed or was cancelled: what did not succeed is tried again.
   *
   * @param by who says so
   */
  record Reopen(String by) implements Command {}

  /**
   * The run was taken over from an engine that is no more.
   *
   * @param present workers on which attempts may still run; those on others are lost
   * @param kept tasks whose attempts are not lost though their worker is not present
   */
  record Recover(Set<String> present, Set<Integer> kept) implements RunWish {
    public Recover {
      present = Set.copyOf(present);
      kept = Set.copyOf(kept);
    }
  }
}

package dev.millrace.run;

import dev.millrace.cache.ActionKey;
import dev.millrace.cache.ActionResult;
import dev.millrace.cache.Explanation;
import dev.millrace.json.JsonArray;
import dev.millrace.json.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A fact of a run. Facts are durable before anybody sees or acts on them, and they alone change a
 * run: its state is what applying them in order gives.
 *
 * <p>What follows from a fact by the rules alone (a task becomes ready because its last upstream
 * task succeeded, waiting tasks end with a cancel) is no fact of its own.
 */
public sealed interface RunEvent {

  /**
   * The run was accepted.
   *
   * @param submission all that was asked, as kept with the run
   */
  record RunAccepted(JsonObject submission) implements RunEvent {}

  /**
   * The tasks of a step became known.
   *
   * @param items one for each task, or null where the list could not be had: the step then has one
   *     task that is skipped
   */
  record StepExpanded(int step, @Nullable JsonArray items) implements RunEvent {}

  /**
   * What the name of an image stands for in this run: all its tasks use the same, whatever the name
   * comes to stand for meanwhile. Precedes whatever is said of the tasks that use it.
   *
   * @param image as the document names it
   * @param imageId names its content
   */
  record ImagePinned(String executor, String image, String imageId) implements RunEvent {}

  /** A recorded result was taken. */
  record TaskCached(int task, ActionKey key, ActionResult result, Explanation why)
      implements RunEvent {}

  /** The task has to run. */
  record TaskQueued(int task, ActionKey key, Explanation why) implements RunEvent {}

  /**
   * The task has to run, and somebody has to allow that first.
   *
   * @param key of the action that would run now; it is made and looked up again after the approval
   * @param why its result cannot be taken from the cache
   */
  record ApprovalRequested(int task, ActionKey key, Explanation why) implements RunEvent {}

  /**
   * Somebody allowed the task to run. The approval stays valid for the rest of the run, for all
   * attempts of the task.
   *
   * @param by who, as the door knows them
   * @param comment theirs, empty where there is none
   */
  record TaskApproved(int task, String by, String comment) implements RunEvent {}

  /** Somebody did not allow the task to run: it fails. Likewise. */
  record TaskRejected(int task, String by, String comment) implements RunEvent {

    /** Returns the failure that the task has from it. */
    public Failure failure() {
      String why = comment.isEmpty() ? "" : ": " + comment;
      return Failure.of(FailureKind.USER, "rejected by " + by + why);
    }
  }

  /** A queued task's action is to be looked up again: an equal one has ended, or the engine did. */
  record TaskReconsidered(int task) implements RunEvent {}

  /** An attempt was given to a worker. */
  record AttemptStarted(int task, int attempt, String worker) implements RunEvent {}

  /** An attempt left its result. */
  record AttemptSucceeded(int task, int attempt, ActionResult result) implements RunEvent {}

  /**
   * An attempt left another result than the one that is recorded for an equal action: something
   * that is not part of the action changes it. Precedes the attempt's success; the task keeps the
   * result that was recorded first, so that what is below it need not run again.
   *
   * @param recorded who made the recorded result
   * @param outputs names of the outputs that differ, at least one
   */
  record ResultDiffered(int task, int attempt, ActionResult.Producer recorded, List<String> outputs)
      implements RunEvent {
    public ResultDiffered {
      outputs = List.copyOf(outputs);
    }
  }

  /**
   * An attempt failed.
   *
   * @param retryAtMillis since the epoch: when the task is tried again; null if it is not
   */
  record AttemptFailed(int task, int attempt, Failure failure, @Nullable Long retryAtMillis)
      implements RunEvent {}

  /** The time of the task's next attempt has come. */
  record RetryDue(int task) implements RunEvent {}

  /** The task was found not to be run. */
  record TaskSkipped(int task, SkipCause cause) implements RunEvent {}

  /** The task failed without an attempt. */
  record TaskFailed(int task, Failure failure) implements RunEvent {}

  /** An attempt ended because the run was cancelled. */
  record AttemptCancelled(int task, int attempt) implements RunEvent {}

  /**
   * Inputs of a task are gone from the store: those who made them run again first.
   *
   * @param producers tasks, at least one
   */
  record InputsLost(int task, List<Integer> producers) implements RunEvent {
    public InputsLost {
      producers = List.copyOf(producers);
    }
  }

  /**
   * Somebody asked for the run's end.
   *
   * @param force also steps that run {@code always} are not run
   */
  record CancelRequested(boolean force) implements RunEvent {}

  /**
   * A run that had failed or was cancelled goes on. All tasks that failed or were cancelled wait
   * again, and so does everything below them, whatever it had come to: a task that was skipped
   * because of them, a clean-up step that was not needed, and also one that ran and succeeded,
   * because what it saw of the tasks above it is no longer so (its result is looked up again, and
   * taken from the cache if nothing has changed). All other tasks keep what they have come to.
   *
   * <p>A step whose list of items could not be had, or is made again, is unfolded again: the
   * numbers of its tasks are retired and never used again. Attempts are numbered on, but those
   * before this fact no longer count against the limits of retries. Approvals stay valid.
   *
   * @param by who asked for it
   */
  record RunReopened(String by) implements RunEvent {}

  /** The run has ended. */
  record RunFinished(RunStatus status) implements RunEvent {}
}

package dev.millrace.runtime;

import dev.millrace.cache.ActionKey;
import dev.millrace.cache.ActionResult;
import dev.millrace.cache.Explanation;
import dev.millrace.content.Artifact;
import dev.millrace.content.Trees;
import dev.millrace.journal.RunRecord;
import dev.millrace.run.Failure;
import dev.millrace.run.RunEvent;
import dev.millrace.run.RunMachine;
import dev.millrace.run.TaskStatus;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * A run as its facts tell it. Safe for use by many threads as long as nobody has it {@linkplain
 * RunArchive#catchUp caught up}; what is listed of it stays as it was when it was read.
 */
public final class RunHistory {
  private final RunRecord record;
  private final RunPlan plan;
  private final Submission submission;
  private final RunMachine machine;
  private final RunView view;
  private final Map<Integer, TaskHistory> tasks = new HashMap<>();
  private long lastSequence;

  RunHistory(RunRecord record, RunPlan plan, Submission submission) {
    this.record = record;
    this.submission = submission;
    this.plan = plan;
    machine = new RunMachine(plan.nodes());
    view = new RunView(record.id(), plan, machine.state());
  }

  /**
   * What happened to one task.
   *
   * @param task its number
   * @param key of its newest action, or null where none was made
   * @param why its newest action was taken from the cache or not; null where none was made
   * @param queuedAtMillis when it was found to have to run, or 0 where it was not
   * @param settledAtMillis when it ended, or 0 while it has not
   * @param attempts in order
   * @param approval who allowed it to run; null where nobody did
   * @param result its newest; null where there was none, and it may be out of date where the task
   *     does not stand as succeeded
   * @param difference how its newest result differs from the recorded one; null where none was
   *     found
   */
  public record TaskHistory(
      int task,
      @Nullable ActionKey key,
      @Nullable Explanation why,
      long queuedAtMillis,
      long settledAtMillis,
      List<AttemptHistory> attempts,
      @Nullable Approval approval,
      @Nullable ActionResult result,
      RunEvent.@Nullable ResultDiffered difference) {
    public TaskHistory {
      attempts = List.copyOf(attempts);
    }

    private TaskHistory decided(ActionKey newKey, Explanation newWhy, long queuedAt) {
      return new TaskHistory(task, newKey, newWhy, queuedAt, 0, attempts, approval, null, null);
    }

    private TaskHistory settled(long atMillis) {
      return new TaskHistory(
          task, key, why, queuedAtMillis, atMillis, attempts, approval, result, difference);
    }

    private TaskHistory with(List<AttemptHistory> newAttempts) {
      return new TaskHistory(
          task, key, why, queuedAtMillis, 0, newAttempts, approval, result, difference);
    }

    private TaskHistory approved(Approval newApproval) {
      return new TaskHistory(
          task, key, why, queuedAtMillis, 0, attempts, newApproval, result, difference);
    }

    private TaskHistory differed(RunEvent.ResultDiffered newDifference) {
      return new TaskHistory(
          task, key, why, queuedAtMillis, 0, attempts, approval, result, newDifference);
    }

    private TaskHistory succeeded(ActionResult newResult, long atMillis) {
      return new TaskHistory(
          task, key, why, queuedAtMillis, atMillis, attempts, approval, newResult, difference);
    }
  }

  /**
   * Somebody's yes.
   *
   * @param by who
   * @param comment theirs, or empty
   * @param atMillis since the epoch
   */
  public record Approval(String by, String comment, long atMillis) {}

  /**
   * What happened to one attempt.
   *
   * @param number from 1
   * @param worker where it ran
   * @param startedAtMillis since the epoch
   * @param endedAtMillis since the epoch, or 0 while it runs
   * @param failure how it failed, or null where it did not
   */
  public record AttemptHistory(
      int number,
      String worker,
      long startedAtMillis,
      long endedAtMillis,
      @Nullable Failure failure) {}

  /** Returns what is listed of the run. */
  public RunRecord record() {
    return record;
  }

  /** Returns what was asked with the run. */
  public Submission submission() {
    return submission;
  }

  /** Returns the run as it stands. */
  public RunView view() {
    return view;
  }

  /** Returns what happened to a task. */
  public TaskHistory task(int task) {
    return tasks.getOrDefault(
        task, new TaskHistory(task, null, null, 0, 0, List.of(), null, null, null));
  }

  /** Returns the result of a task that stands as succeeded; null of any other. */
  public @Nullable ActionResult result(int task) {
    return machine.state().status(task) instanceof TaskStatus.Succeeded
        ? task(task).result()
        : null;
  }

  SortedMap<String, Artifact> outputs(Trees trees) throws IOException {
    return PipelineOutputs.of(plan, machine.state(), trees);
  }

  /** Returns the number of the newest fact that it tells of. */
  public long lastSequence() {
    return lastSequence;
  }

  void add(CommittedFact fact) {
    lastSequence = fact.sequence();
    machine.apply(fact.event());
    switch (fact.event()) {
      case RunEvent.TaskCached(var task, var key, var result, var why) -> {
        decided(task, key, why, 0);
        tasks.put(task, task(task).succeeded(result, fact.atMillis()));
      }
      case RunEvent.TaskQueued(var task, var key, var why) ->
          decided(task, key, why, fact.atMillis());
      case RunEvent.ApprovalRequested(var task, var key, var why) -> decided(task, key, why, 0);
      case RunEvent.TaskApproved(var task, var by, var comment) ->
          tasks.put(task, task(task).approved(new Approval(by, comment, fact.atMillis())));
      case RunEvent.TaskRejected(var task, _, _) -> settled(task, fact.atMillis());
      case RunEvent.ResultDiffered differed ->
          tasks.put(differed.task(), task(differed.task()).differed(differed));
      case RunEvent.AttemptStarted(var task, var number, var worker) ->
          attempt(task, new AttemptHistory(number, worker, fact.atMillis(), 0, null));
      case RunEvent.AttemptSucceeded(var task, var number, var result) -> {
        ended(task, number, fact.atMillis(), null);
        tasks.put(task, task(task).succeeded(result, fact.atMillis()));
      }
      case RunEvent.AttemptFailed failed -> {
        ended(failed.task(), failed.attempt(), fact.atMillis(), failed.failure());
        if (failed.retryAtMillis() == null) {
          settled(failed.task(), fact.atMillis());
        }
      }
      case RunEvent.AttemptCancelled(var task, var number) -> {
        ended(task, number, fact.atMillis(), null);
        settled(task, fact.atMillis());
      }
      case RunEvent.TaskSkipped(var task, _) -> settled(task, fact.atMillis());
      case RunEvent.TaskFailed(var task, _) -> settled(task, fact.atMillis());
      case RunEvent.RunAccepted _,
          RunEvent.StepExpanded _,
          RunEvent.ImagePinned _,
          RunEvent.TaskReconsidered _,
          RunEvent.RetryDue _,
          RunEvent.InputsLost _,
          RunEvent.CancelRequested _,
          RunEvent.RunFinished _ -> {}
      case RunEvent.RunReopened _ -> tasks.replaceAll(this::reopened);
    }
  }

  private TaskHistory reopened(int task, TaskHistory told) {
    return machine.state().status(task).phase().settled() ? told : told.settled(0);
  }

  private void decided(int task, ActionKey key, Explanation why, long queuedAtMillis) {
    tasks.put(task, task(task).decided(key, why, queuedAtMillis));
  }

  private void settled(int task, long atMillis) {
    tasks.put(task, task(task).settled(atMillis));
  }

  private void attempt(int task, AttemptHistory attempt) {
    TaskHistory old = task(task);
    List<AttemptHistory> attempts = new ArrayList<>(old.attempts);
    attempts.add(attempt);
    tasks.put(task, old.with(attempts));
  }

  private void ended(int task, int number, long atMillis, @Nullable Failure failure) {
    TaskHistory old = task(task);
    List<AttemptHistory> attempts = new ArrayList<>(old.attempts);
    attempts.replaceAll(
        attempt ->
            attempt.number == number
                ? new AttemptHistory(
                    number, attempt.worker, attempt.startedAtMillis, atMillis, failure)
                : attempt);
    tasks.put(task, old.with(attempts));
  }
}

package dev.millrace.runtime;

import dev.millrace.cache.ActionKey;
import dev.millrace.cache.Explanation;
import dev.millrace.content.Artifact;
import dev.millrace.content.Trees;
import dev.millrace.journal.RunRecord;
import dev.millrace.run.Failure;
import dev.millrace.run.RunEvent;
import dev.millrace.run.RunMachine;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** A run as its facts tell it. Immutable once read; safe for use by many threads. */
public final class RunHistory {
  private final RunRecord record;
  private final RunPlan plan;
  private final Submission submission;
  private final RunMachine machine;
  private final RunView view;
  private final Map<Integer, TaskHistory> tasks = new HashMap<>();

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
   * @param settledAtMillis when it ended, or 0 while it has not
   * @param attempts in order
   */
  public record TaskHistory(
      int task,
      @Nullable ActionKey key,
      @Nullable Explanation why,
      long settledAtMillis,
      List<AttemptHistory> attempts) {
    public TaskHistory {
      attempts = List.copyOf(attempts);
    }
  }

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
    return tasks.getOrDefault(task, new TaskHistory(task, null, null, 0, List.of()));
  }

  SortedMap<String, Artifact> outputs(Trees trees) throws IOException {
    return PipelineOutputs.of(plan, machine.state(), trees);
  }

  void add(CommittedFact fact) {
    machine.apply(fact.event());
    switch (fact.event()) {
      case RunEvent.TaskCached(var task, var key, _, var why) -> {
        decided(task, key, why);
        settled(task, fact.atMillis());
      }
      case RunEvent.TaskQueued(var task, var key, var why) -> decided(task, key, why);
      case RunEvent.AttemptStarted(var task, var number, var worker) ->
          attempt(task, new AttemptHistory(number, worker, fact.atMillis(), 0, null));
      case RunEvent.AttemptSucceeded(var task, var number, _) -> {
        ended(task, number, fact.atMillis(), null);
        settled(task, fact.atMillis());
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
          RunEvent.TaskReconsidered _,
          RunEvent.RetryDue _,
          RunEvent.InputsLost _,
          RunEvent.CancelRequested _,
          RunEvent.RunFinished _ -> {}
    }
  }

  private void decided(int task, ActionKey key, Explanation why) {
    TaskHistory old = task(task);
    tasks.put(task, new TaskHistory(task, key, why, 0, old.attempts));
  }

  private void settled(int task, long atMillis) {
    TaskHistory old = task(task);
    tasks.put(task, new TaskHistory(task, old.key, old.why, atMillis, old.attempts));
  }

  private void attempt(int task, AttemptHistory attempt) {
    TaskHistory old = task(task);
    List<AttemptHistory> attempts = new ArrayList<>(old.attempts);
    attempts.add(attempt);
    tasks.put(task, new TaskHistory(task, old.key, old.why, 0, attempts));
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
    tasks.put(task, new TaskHistory(task, old.key, old.why, 0, attempts));
  }
}

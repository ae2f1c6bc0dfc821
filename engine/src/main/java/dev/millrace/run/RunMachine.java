package dev.millrace.run;

import dev.millrace.cache.ActionResult;
import dev.millrace.run.RunEvent.ApprovalRequested;
import dev.millrace.run.RunEvent.AttemptCancelled;
import dev.millrace.run.RunEvent.AttemptFailed;
import dev.millrace.run.RunEvent.AttemptStarted;
import dev.millrace.run.RunEvent.AttemptSucceeded;
import dev.millrace.run.RunEvent.CancelRequested;
import dev.millrace.run.RunEvent.ImagePinned;
import dev.millrace.run.RunEvent.InputsLost;
import dev.millrace.run.RunEvent.ResultDiffered;
import dev.millrace.run.RunEvent.RetryDue;
import dev.millrace.run.RunEvent.RunAccepted;
import dev.millrace.run.RunEvent.RunFinished;
import dev.millrace.run.RunEvent.RunReopened;
import dev.millrace.run.RunEvent.StepExpanded;
import dev.millrace.run.RunEvent.TaskApproved;
import dev.millrace.run.RunEvent.TaskCached;
import dev.millrace.run.RunEvent.TaskFailed;
import dev.millrace.run.RunEvent.TaskQueued;
import dev.millrace.run.RunEvent.TaskReconsidered;
import dev.millrace.run.RunEvent.TaskRejected;
import dev.millrace.run.RunEvent.TaskSkipped;
import java.util.ArrayList;
import java.util.List;

/**
 * Decides what a wish comes to, and applies facts.
 *
 * <p>{@link #decide} applies the facts it returns at once, so that one batch can hold a whole chain
 * of consequences (a task succeeds, the next is queued and started) and be made durable by one
 * commit. The caller must not let anything of it be seen or acted on before that commit; if it can
 * never be made, the machine is thrown away and built again from the journal.
 *
 * <p>Not safe for use by several threads: a run has one writer.
 */
public final class RunMachine {
  private final RunState state;
  private final RunChanges changes;
  private final List<RunEvent> facts = new ArrayList<>();

  /** Creates the machine of a run that has no facts yet. */
  public RunMachine(List<StepNode> steps) {
    state = new RunState(steps);
    changes = new RunChanges(state);
  }

  /** Returns the state, for reading. */
  public RunState state() {
    return state;
  }

  /** Returns what the driver has to do, and forgets it. */
  public Todo takeTodo() {
    return changes.takeTodo();
  }

  /**
   * Decides and applies.
   *
   * @param nowMillis since the epoch
   * @return the new facts in order; empty where the wish does not fit any more
   */
  public List<RunEvent> decide(RunWish wish, long nowMillis) {
    if (state.runStatus() == RunStatus.RUNNING) {
      take(wish, nowMillis);
    } else if (wish instanceof RunWish.Reopen(var by) && state.runStatus() != RunStatus.SUCCEEDED) {
      emit(new RunReopened(by));
    }
    follow();
    List<RunEvent> decided = List.copyOf(facts);
    facts.clear();
    return decided;
  }

  private void take(RunWish wish, long nowMillis) {
    switch (wish) {
      case RunWish.Accept accept -> emit(new RunAccepted(accept.submission()));
      case RunWish.Expand expand -> expand(expand);
      case RunWish.FailExpansion fail -> failExpansion(fail);
      case RunWish.TakeCached(var task, var key, var result, var why) ->
          emitIf(task, TaskPhase.READY, new TaskCached(task, key, result, why));
      case RunWish.Queue(var task, var key, var why) ->
          emitIf(
              task,
              TaskPhase.READY,
              state.needsApproval(task)
                  ? new ApprovalRequested(task, key, why)
                  : new TaskQueued(task, key, why));
      case RunWish.PinImage(var executor, var image, var imageId) ->
          emit(new ImagePinned(executor, image, imageId));
      case RunWish.Approve(var task, var by, var comment) ->
          emitIf(task, TaskPhase.HELD, new TaskApproved(task, by, comment));
      case RunWish.Reject(var task, var by, var comment) ->
          emitIf(task, TaskPhase.HELD, new TaskRejected(task, by, comment));
      case RunWish.Reconsider(var task) ->
          emitIf(task, TaskPhase.QUEUED, new TaskReconsidered(task));
      case RunWish.SkipTask(var task) ->
          emitIf(task, TaskPhase.READY, new TaskSkipped(task, SkipCause.CONDITION));
      case RunWish.FailTask(var task, var failure) -> failTask(task, failure);
      case RunWish.StartAttempt(var task, var worker) ->
          emitIf(
              task, TaskPhase.QUEUED, new AttemptStarted(task, state.attempts(task) + 1, worker));
      case RunWish.AttemptDone done -> attemptDone(done);
      case RunWish.AttemptBroken broken -> attemptBroken(broken, nowMillis);
      case RunWish.AttemptStopped(var task, var attempt) ->
          attemptStopped(task, attempt, nowMillis);
      case RunWish.Retry(var task) -> emitIf(task, TaskPhase.BACKOFF, new RetryDue(task));
      case RunWish.MakeAgain(var task, var producers) -> {
        TaskPhase phase = state.status(task).phase();
        if (phase == TaskPhase.READY || phase == TaskPhase.RUNNING) {
          emit(new InputsLost(task, producers));
        }
      }
      case RunWish.Cancel(var force) -> emit(new CancelRequested(force));
      case RunWish.Recover recover -> recover(recover, nowMillis);
      case RunWish.Reopen _ -> {}
    }
  }

  /** Applies a fact that was decided before, when a run is read back from its journal. */
  public void apply(RunEvent fact) {
    change(fact);
    changes.sweepDoomed();
  }

  private void emit(RunEvent fact) {
    apply(fact);
    facts.add(fact);
  }

  private void emitIf(int task, TaskPhase phase, RunEvent fact) {
    if (state.isTask(task) && state.status(task).phase() == phase) {
      emit(fact);
    }
  }

  /** Emits what follows from the facts so far: skipped tasks, lists never to come, the end. */
  private void follow() {
    IntList unwanted = changes.unwanted();
    IntList unlisted = changes.unlisted();
    while (!unwanted.isEmpty() || !unlisted.isEmpty()) {
      if (unwanted.isEmpty()) {
        int step = unlisted.removeLast();
        if (!state.expanded(step)) {
          emit(new StepExpanded(step, null));
        }
        continue;
      }
      int task = unwanted.removeLast();
      SkipCause cause = changes.unwantedBecause(task);
      if (cause != null) {
        emitIf(task, TaskPhase.WAITING, new TaskSkipped(task, cause));
      }
    }
    if (state.allSettled() && state.runStatus() == RunStatus.RUNNING) {
      emit(new RunFinished(state.outcome()));
    }
  }

  private boolean runs(int task, int attempt) {
    return state.status(task) instanceof TaskStatus.Running running && running.attempt() == attempt;
  }

  /** A list may be read twice, and late: when what made it waits again. */
  private boolean isUnread(int step) {
    return !state.expanded(step) && state.steps.listIsThere(step);
  }

  private void expand(RunWish.Expand wish) {
    if (isUnread(wish.step())) {
      emit(new StepExpanded(wish.step(), wish.items()));
    }
  }

  private void failExpansion(RunWish.FailExpansion wish) {
    if (isUnread(wish.step())) {
      emit(new StepExpanded(wish.step(), null));
      emitIf(
          state.firstTask(wish.step()),
          TaskPhase.WAITING,
          new TaskFailed(state.firstTask(wish.step()), wish.failure()));
    }
  }

  private void failTask(int task, Failure failure) {
    TaskPhase phase = state.status(task).phase();
    if (phase == TaskPhase.READY || phase == TaskPhase.QUEUED) {
      emit(new TaskFailed(task, failure));
    }
  }

  private void attemptDone(RunWish.AttemptDone wish) {
    if (!runs(wish.task(), wish.attempt())) {
      return;
    }
    RunWish.Difference differs = wish.difference();
    if (differs != null) {
      emit(new ResultDiffered(wish.task(), wish.attempt(), differs.recorded(), differs.outputs()));
    }
    emit(new AttemptSucceeded(wish.task(), wish.attempt(), wish.result()));
  }

  private void attemptBroken(RunWish.AttemptBroken wish, long nowMillis) {
    if (!runs(wish.task(), wish.attempt())) {
      return;
    }
    FailureKind kind = wish.failure().kind();
    int blamed = state.blamedAttempts(wish.task()) + (kind.blamesUser() ? 1 : 0);
    int lost = state.lostAttempts(wish.task()) + (kind.blamesUser() ? 0 : 1);
    RetryPolicy retry = state.steps.nodes.get(state.stepOf(wish.task())).retry();
    Long retryAt = null;
    if (!state.cancelRequested() && retry.again(kind, blamed, lost)) {
      int failures = kind.blamesUser() ? blamed : lost;
      retryAt = nowMillis + retry.backoffMillis(kind, failures, wish.jitter());
    }
    emit(new AttemptFailed(wish.task(), wish.attempt(), wish.failure(), retryAt));
  }

  /** An attempt that was stopped though nobody cancelled the run is lost, not cancelled. */
  private void attemptStopped(int task, int attempt, long nowMillis) {
    if (!state.cancelRequested()) {
      Failure lost = Failure.of(FailureKind.LOST, "the attempt was stopped from outside");
      attemptBroken(new RunWish.AttemptBroken(task, attempt, lost, 0), nowMillis);
    } else if (runs(task, attempt)) {
      emit(new AttemptCancelled(task, attempt));
    }
  }

  private void recover(RunWish.Recover wish, long nowMillis) {
    changes.takeTodo();
    for (int task = 0; task < state.tasks(); task++) {
      switch (state.status(task)) {
        case TaskStatus.Running(_, int attempt, String worker) -> {
          if (!wish.present().contains(worker) && !wish.kept().contains(task)) {
            attemptLost(task, attempt, nowMillis);
          }
        }
        case TaskStatus.Queued _ -> emit(new TaskReconsidered(task));
        case TaskStatus.Ready _ -> changes.todo().prepare().add(task);
        case TaskStatus.Backoff _ -> changes.todo().wake().add(task);
        case TaskStatus.Waiting _,
            TaskStatus.Held _,
            TaskStatus.Succeeded _,
            TaskStatus.Failed _,
            TaskStatus.Skipped _,
            TaskStatus.Cancelled _,
            TaskStatus.Retired _ -> {}
      }
    }
    changes.findOpenLists();
  }

  private void attemptLost(int task, int attempt, long nowMillis) {
    Failure lost = Failure.of(FailureKind.LOST, "the engine stopped while the attempt ran");
    attemptBroken(new RunWish.AttemptBroken(task, attempt, lost, 0), nowMillis);
  }

  private void change(RunEvent fact) {
    switch (fact) {
      case RunAccepted _ -> changes.expandFixed();
      case StepExpanded(var step, var items) ->
          changes.expand(step, items == null ? 1 : items.elements().size(), items, items == null);
      case ImagePinned _ -> {}
      case TaskCached(var task, _, var result, _) -> changes.succeed(task, result, true);
      case TaskQueued(var task, var key, _) -> changes.change(task, new TaskStatus.Queued(key));
      case ApprovalRequested(var task, var key, _) ->
          changes.change(task, new TaskStatus.Held(key));
      case TaskApproved(var task, _, _) -> changes.approve(task);
      case TaskRejected rejected ->
          changes.change(rejected.task(), new TaskStatus.Failed(rejected.failure()));
      case ResultDiffered _ -> changes.countDifferent();
      case TaskReconsidered(var task) -> changes.change(task, TaskStatus.READY);
      case AttemptStarted(var task, var attempt, var worker) -> start(task, attempt, worker);
      case AttemptSucceeded(var task, _, var result) -> succeed(task, result);
      case AttemptFailed failed -> fail(failed);
      case RetryDue(var task) -> changes.change(task, TaskStatus.READY);
      case TaskSkipped(var task, var cause) -> changes.change(task, new TaskStatus.Skipped(cause));
      case TaskFailed(var task, var failure) ->
          changes.change(task, new TaskStatus.Failed(failure));
      case AttemptCancelled(var task, _) -> changes.change(task, TaskStatus.CANCELLED);
      case InputsLost lost -> changes.makeAgain(lost);
      case CancelRequested(var force) -> changes.requestCancel(force);
      case RunReopened _ -> changes.reopen();
      case RunFinished(var end) -> changes.finish(end);
    }
  }

  private void start(int task, int attempt, String worker) {
    if (state.status(task) instanceof TaskStatus.Queued queued) {
      changes.change(task, new TaskStatus.Running(queued.key(), attempt, worker));
    }
  }

  private void succeed(int task, ActionResult result) {
    if (state.status(task) instanceof TaskStatus.Running) {
      changes.succeed(task, result, false);
    }
  }

  private void fail(AttemptFailed fact) {
    changes.countFailed(fact.task(), fact.failure().kind());
    changes.change(
        fact.task(),
        fact.retryAtMillis() == null
            ? new TaskStatus.Failed(fact.failure())
            : new TaskStatus.Backoff(fact.failure(), fact.retryAtMillis()));
  }
}

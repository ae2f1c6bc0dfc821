package dev.millrace.run;

import dev.millrace.json.JsonArray;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The state of one run, for reading; {@link RunChanges} alone changes it.
 *
 * <p>Tasks are numbered in the order in which their steps were expanded. There are no edges between
 * tasks: what a task waits for is in {@link Links}. So a task that waits costs a few array cells,
 * and finishing one costs its step's links and, for the last one of a step, the tasks right below.
 */
public final class RunState {
  final StepTable steps;
  final TaskTable table = new TaskTable();
  final Remaking remaking = new Remaking();
  final BitSet approved = new BitSet();
  final PhaseCounts counts = new PhaseCounts();
  int unsettled;
  boolean cancelRequested;
  boolean cancelForced;
  int differed;
  RunStatus runStatus = RunStatus.RUNNING;

  RunState(List<StepNode> nodes) {
    steps = new StepTable(nodes);
  }

  /**
   * Returns how many numbers have been given to tasks so far: those from 0 on, the retired ones
   * among them.
   */
  public int tasks() {
    return table.size;
  }

  /** Returns the number of tasks known so far, without those that are retired. */
  public int liveTasks() {
    return table.size - counts.of(TaskPhase.RETIRED);
  }

  /** Returns whether more tasks may become known. */
  public boolean isOpen() {
    return steps.unexpanded > 0;
  }

  /** Returns whether a task of that number is known: what comes from outside may be anything. */
  boolean isTask(int task) {
    return task >= 0 && task < table.size;
  }

  /** Returns how a task stands. */
  public TaskStatus status(int task) {
    return table.status[task];
  }

  /** Returns the step of a task. */
  public int stepOf(int task) {
    return table.step[task];
  }

  /** Returns the position of a task that is not retired among its step's. */
  public int indexInStep(int task) {
    return task - steps.first[table.step[task]];
  }

  /** Returns whether the tasks of a step are known. */
  public boolean expanded(int step) {
    return steps.expanded(step);
  }

  /** Returns the number of a step's tasks, or {@link StepNode#AT_RUN_TIME} while not known. */
  public int size(int step) {
    return steps.count[step];
  }

  /** Returns the first task of an expanded step. */
  public int firstTask(int step) {
    return steps.first[step];
  }

  /** Returns the items of a step that was expanded by a list, or null. */
  public @Nullable JsonArray items(int step) {
    return steps.items[step];
  }

  /** Returns whether the step stands for a list that could not be had: one task, never run. */
  public boolean listMissing(int step) {
    return steps.listMissing[step];
  }

  /** Returns the number of the task's newest attempt, 0 before the first. */
  public int attempts(int task) {
    return table.attempts[task];
  }

  /** Returns how many attempts failed by the step's own doing, since the run was last reopened. */
  int blamedAttempts(int task) {
    return table.blamed[task];
  }

  /** Returns how many attempts ended by no fault of the task. Likewise. */
  int lostAttempts(int task) {
    return table.lost[task];
  }

  /** Returns the number of tasks in a phase. */
  public int count(TaskPhase phase) {
    return counts.of(phase);
  }

  /** Returns the number of tasks whose result was recorded before. */
  public int cached() {
    return counts.cached();
  }

  /**
   * Returns the number of attempts that left another result than the one recorded for an equal
   * action.
   */
  public int differed() {
    return differed;
  }

  /** Returns whether a task may not run before somebody has approved it. */
  boolean needsApproval(int task) {
    return steps.nodes.get(table.step[task]).approval() && !approved.get(task);
  }

  /** Returns how the run stands. */
  public RunStatus runStatus() {
    return runStatus;
  }

  /** Returns whether the run's end was asked for. */
  public boolean cancelRequested() {
    return cancelRequested;
  }

  /** Returns whether a running task's attempt is to end with the cancelled run. */
  public boolean mustStop(int task) {
    return cancelRequested
        && (cancelForced || steps.nodes.get(table.step[task]).on() != Trigger.ALWAYS);
  }

  /** Returns whether every task there is or will be has ended. */
  boolean allSettled() {
    return unsettled == 0 && steps.unexpanded == 0;
  }

  /** Returns whether a lost result of the task is being made again. */
  boolean isRemade(int task) {
    return remaking.contains(task);
  }

  /** Returns how the run ends, given that every task has. */
  RunStatus outcome() {
    boolean failed = Arrays.stream(steps.failed).anyMatch(n -> n > 0);
    boolean cancelled = Arrays.stream(steps.cancelled).anyMatch(n -> n > 0);
    if (cancelRequested && cancelled) {
      return RunStatus.CANCELLED;
    }
    return failed ? RunStatus.FAILED : RunStatus.SUCCEEDED;
  }
}

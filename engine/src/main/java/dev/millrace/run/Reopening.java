package dev.millrace.run;

import dev.millrace.run.StepNode.Link;
import java.util.BitSet;

/**
 * Finds what a run takes back that is gone on with after it had failed or was cancelled, by the
 * rule that {@link RunEvent.RunReopened} states. Steps are numbered in a topological order, so one
 * pass over the tasks is enough.
 */
final class Reopening {
  private final StepTable steps;
  private final TaskTable tasks;
  private final BitSet back = new BitSet();
  private final BitSet touchedSteps = new BitSet();
  private final BitSet retiredSteps = new BitSet();

  private Reopening(StepTable steps, TaskTable tasks) {
    this.steps = steps;
    this.tasks = tasks;
  }

  /**
   * What goes back.
   *
   * @param tasks that wait again
   * @param retiredSteps whose tasks are no more, because their list is to be read again
   */
  record Found(BitSet tasks, BitSet retiredSteps) {}

  static Found find(StepTable steps, TaskTable tasks) {
    Reopening reopening = new Reopening(steps, tasks);
    for (int step = 0; step < steps.nodes.size(); step++) {
      reopening.look(step);
    }
    return new Found(reopening.back, reopening.retiredSteps);
  }

  private void look(int step) {
    boolean whole = isBelowBarrier(step);
    boolean some = false;
    int end = steps.first[step] + steps.count[step];
    for (int task = steps.first[step]; task < end; task++) {
      if (whole || hasNoResult(task) || isBelowJoined(task)) {
        back.set(task);
        some = true;
      }
    }
    if (isRetired(step, some)) {
      retiredSteps.set(step);
      back.clear(steps.first[step], end);
      some = true;
    }
    touchedSteps.set(step, some);
  }

  private boolean hasNoResult(int task) {
    TaskPhase phase = tasks.status[task].phase();
    return phase == TaskPhase.FAILED || phase == TaskPhase.CANCELLED;
  }

  private boolean isBelowBarrier(int step) {
    for (Link link : steps.nodes.get(step).upstream()) {
      if (!link.joined() && touchedSteps.get(link.step())) {
        return true;
      }
    }
    return false;
  }

  private boolean isBelowJoined(int task) {
    int step = tasks.step[task];
    for (int above : steps.joinedAbove[step]) {
      if (back.get(steps.first[above] + task - steps.first[step])) {
        return true;
      }
    }
    return false;
  }

  /**
   * The stand-in for a list goes back as a list to be read, and so does one read from old tasks.
   */
  private boolean isRetired(int step, boolean someGoBack) {
    StepNode node = steps.nodes.get(step);
    if (node.size() != StepNode.AT_RUN_TIME) {
      return false;
    }
    return node.like() >= 0
        ? retiredSteps.get(node.like())
        : (someGoBack && steps.listMissing[step]) || touchedSteps.get(node.listFrom());
  }
}

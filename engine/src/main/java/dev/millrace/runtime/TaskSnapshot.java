package dev.millrace.runtime;

import dev.millrace.plan.Instance;
import dev.millrace.plan.PlannedStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What is needed to prepare a task, taken down on the loop.
 *
 * @param task its number
 * @param attempt number that its next attempt will have
 * @param sights what it sees of the steps upstream, by their index: where the task is joined to one
 *     task or the step has only one
 * @param fanIns what it sees of whole steps, by their index
 */
record TaskSnapshot(
    int task,
    PlannedStep step,
    Instance instance,
    int attempt,
    Map<Integer, SeenTask> sights,
    Map<Integer, FanIn> fanIns) {

  /** Returns the same for an attempt of that number. */
  TaskSnapshot asAttempt(int number) {
    return new TaskSnapshot(task, step, instance, number, sights, fanIns);
  }

  /** Returns the upstream tasks that have not ended, because their results are made again. */
  List<Integer> unsettled() {
    List<Integer> unsettled = new ArrayList<>(0);
    for (SeenTask seen : sights.values()) {
      if (!seen.status().phase().settled()) {
        unsettled.add(seen.task());
      }
    }
    for (FanIn fanIn : fanIns.values()) {
      unsettled.addAll(fanIn.unsettled());
    }
    return unsettled;
  }

  String name() {
    return step.taskName(instance);
  }
}

package dev.millrace.run;

import dev.millrace.run.StepNode.Link;
import java.util.function.IntConsumer;

/**
 * What the tasks of a run still wait for.
 *
 * <p>A barrier is counted by the step, a joined link by the task: to settle the last task of a step
 * costs one decrement for each step below, and a look at the tasks of those that wait for nothing
 * else, however many barriers they have.
 */
final class Links {
  private final StepTable steps;
  private final TaskTable tasks;
  private final IntConsumer onUpstreamSettled;
  private final IntConsumer onListSettled;

  /**
   * @param onUpstreamSettled told of a waiting task when all that it waits for has ended
   * @param onListSettled told of a step that is not expanded when the step has ended that lists its
   *     items
   */
  Links(
      StepTable steps, TaskTable tasks, IntConsumer onUpstreamSettled, IntConsumer onListSettled) {
    this.steps = steps;
    this.tasks = tasks;
    this.onUpstreamSettled = onUpstreamSettled;
    this.onListSettled = onListSettled;
  }

  /** Returns whether everything has ended that the task waits for. */
  boolean settled(int task) {
    return tasks.waiting[task] == 0 && steps.openBarriers[tasks.step[task]] == 0;
  }

  /** Returns what those have come to so far that the task waits for: bits of {@link Upstream}. */
  byte bits(int task) {
    return (byte) (tasks.upstream[task] | steps.barrierBits[tasks.step[task]]);
  }

  /** Counts what the tasks of a step wait for, now that they are known. */
  void stepExpanded(int step) {
    int first = steps.first[step];
    int end = first + steps.count[step];
    if (steps.joinedAbove[step].length > 0) {
      for (int task = first; task < end; task++) {
        countJoined(task);
      }
    }
    tellSettled(step);
    if (steps.count[step] == 0) {
      stepSettled(step);
    }
  }

  private void tellSettled(int step) {
    if (steps.openBarriers[step] > 0) {
      return;
    }
    int end = steps.first[step] + steps.count[step];
    for (int task = steps.first[step]; task < end; task++) {
      if (tasks.waiting[task] == 0 && tasks.waits(task)) {
        onUpstreamSettled.accept(task);
      }
    }
  }

  /** Counts the joined links of a task anew. */
  void countJoined(int task) {
    int step = tasks.step[task];
    int index = task - steps.first[step];
    int open = 0;
    int bits = 0;
    for (int above : steps.joinedAbove[step]) {
      TaskStatus joined = tasks.status[steps.first[above] + index];
      if (joined.phase().settled()) {
        bits |= Upstream.ofTask(joined);
      } else {
        open++;
      }
    }
    tasks.waiting[task] = open;
    tasks.upstream[task] = (byte) bits;
  }

  /** Counts the barriers of a step anew. */
  void countBarriers(int step) {
    int open = 0;
    int bits = 0;
    for (Link link : steps.nodes.get(step).upstream()) {
      if (!link.joined() && steps.settled(link.step())) {
        bits |= Upstream.ofStep(steps, link.step());
      } else if (!link.joined()) {
        open++;
      }
    }
    steps.openBarriers[step] = open;
    steps.barrierBits[step] = (byte) bits;
  }

  /** Settles the links of those that wait for a task that has ended. */
  void taskSettled(int task) {
    int step = tasks.step[task];
    int[] joinedBelow = steps.joinedBelow[step];
    if (joinedBelow.length > 0) {
      int index = task - steps.first[step];
      byte bits = Upstream.ofTask(tasks.status[task]);
      for (int below : joinedBelow) {
        if (steps.expanded(below)) {
          settleOne(steps.first[below] + index, bits);
        }
      }
    }
    if (--steps.unsettled[step] == 0) {
      stepSettled(step);
    }
  }

  /** Settles one of those that a task itself counts. */
  void settleOne(int task, byte bits) {
    tasks.upstream[task] |= bits;
    tasks.waiting[task]--;
    if (tasks.waits(task) && settled(task)) {
      onUpstreamSettled.accept(task);
    }
  }

  private void stepSettled(int step) {
    byte bits = Upstream.ofStep(steps, step);
    for (int below : steps.barrierBelow[step]) {
      steps.barrierBits[below] |= bits;
      steps.openBarriers[below]--;
      if (!steps.expanded(below)) {
        if (steps.nodes.get(below).listFrom() == step) {
          onListSettled.accept(below);
        }
      } else {
        tellSettled(below);
      }
    }
  }
}

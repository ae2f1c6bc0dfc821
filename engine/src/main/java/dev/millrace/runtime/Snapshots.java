package dev.millrace.runtime;

import dev.millrace.plan.Fan;
import dev.millrace.plan.PlannedInput;
import dev.millrace.plan.PlannedInput.AllTasks;
import dev.millrace.plan.PlannedInput.OneTask;
import dev.millrace.plan.PlannedStep;
import dev.millrace.plan.StepRead;
import dev.millrace.run.RunState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Takes down, on the loop, what other threads need to know of a run. */
final class Snapshots {
  private final RunPlan plan;
  private final RunState state;
  private final Map<Integer, FanIn> fanIns = new HashMap<>();

  Snapshots(RunPlan plan, RunState state) {
    this.plan = plan;
    this.state = state;
  }

  /** Forgets what was taken down of whole steps: some of it is being made again. */
  void forgetFanIns() {
    fanIns.clear();
  }

  /** Takes down what is needed to prepare a task. */
  TaskSnapshot of(int task) {
    PlannedStep step = plan.step(state.stepOf(task));
    Map<Integer, SeenTask> tasks = new HashMap<>();
    Map<Integer, FanIn> whole = new HashMap<>();
    for (PlannedInput input : step.inputs()) {
      switch (input.source()) {
        case OneTask(int from, _, boolean oneToOne) -> tasks.put(from, seen(from, task, oneToOne));
        case AllTasks(int from, _) -> whole.put(from, fanIn(from));
        case PlannedInput.UserPath _, PlannedInput.Text _, PlannedInput.Stored _ -> {}
      }
    }
    for (StepRead read : step.reads()) {
      if (read.oneToOne() || state.size(read.step()) == 1) {
        tasks.put(read.step(), seen(read.step(), task, read.oneToOne()));
      } else {
        whole.put(read.step(), fanIn(read.step()));
      }
    }
    return new TaskSnapshot(
        task, step, plan.instance(state, task), state.attempts(task) + 1, tasks, whole);
  }

  /** Takes down the task whose output lists the items of a step. */
  SeenTask listSource(int step) {
    if (plan.step(step).fan() instanceof Fan.AtRunTime list) {
      return seen(list.step(), -1, false);
    }
    throw new IllegalStateException("step " + step + " has no list");
  }

  private SeenTask seen(int step, int below, boolean oneToOne) {
    int task = state.firstTask(step) + (oneToOne ? state.indexInStep(below) : 0);
    return new SeenTask(task, state.status(task));
  }

  /** Takes down all tasks of a step. */
  FanIn fanIn(int step) {
    FanIn known = fanIns.get(step);
    if (known == null || !known.unsettled().isEmpty()) {
      known = takeDown(step);
      fanIns.put(step, known);
    }
    return known;
  }

  private FanIn takeDown(int step) {
    int first = state.firstTask(step);
    List<FanIn.Member> members = new ArrayList<>(state.size(step));
    for (int i = 0; i < state.size(step); i++) {
      int task = first + i;
      members.add(
          new FanIn.Member(
              i,
              plan.taskName(state, task),
              plan.instance(state, task),
              new SeenTask(task, state.status(task))));
    }
    return new FanIn(members);
  }
}

package dev.millrace.simulation.invariant;

import dev.millrace.run.RunEvent;
import dev.millrace.run.RunState;
import dev.millrace.run.RunStatus;
import dev.millrace.run.TaskPhase;
import java.util.EnumMap;
import java.util.Map;

/** The counts of tasks by phase are those of the tasks, and a run ends as its tasks did. */
public final class TaskCountsAddUp implements Invariant {
  @Override
  public void check(Happening happening, Durable before) {
    if (happening instanceof Happening.Committed committed
        && committed.fact() instanceof RunEvent.RunFinished(var status)) {
      RunState state = before.run(committed.run()).state();
      Map<TaskPhase, Integer> counts = new EnumMap<>(TaskPhase.class);
      for (int task = 0; task < state.tasks(); task++) {
        TaskPhase phase = state.status(task).phase();
        counts.merge(phase, 1, Integer::sum);
        if (!phase.settled()) {
          throw broken("run " + committed.run() + " ends, but task " + task + " has not");
        }
      }
      for (TaskPhase phase : TaskPhase.values()) {
        if (counts.getOrDefault(phase, 0) != state.count(phase)) {
          throw broken(committed.run() + " counts " + state.count(phase) + " tasks " + phase);
        }
      }
      checkStatus(committed.run(), status, state);
    }
  }

  private void checkStatus(String run, RunStatus status, RunState state) {
    boolean cancelled = state.cancelRequested() && state.count(TaskPhase.CANCELLED) > 0;
    boolean failed = state.count(TaskPhase.FAILED) > 0;
    RunStatus right =
        cancelled ? RunStatus.CANCELLED : failed ? RunStatus.FAILED : RunStatus.SUCCEEDED;
    if (status != right) {
      throw broken("run " + run + " ends as " + status + ", but should as " + right);
    }
  }
}

package dev.millrace.simulation.invariant;

import dev.millrace.content.Artifact;
import dev.millrace.dispatch.Assignment;
import dev.millrace.plan.Edge;
import dev.millrace.plan.PlannedInput;
import dev.millrace.plan.PlannedStep;
import dev.millrace.run.RunEvent;
import dev.millrace.run.RunState;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * When an attempt is started, all that its task waits for has ended, durably; and the inputs that a
 * worker gets are those that a durable fact of the same run says were made.
 */
public final class NoTaskStartsBeforeItsInputsExist implements Invariant {
  private final Map<String, Set<Made>> made = new HashMap<>();

  private record Made(int task, String output, Artifact artifact) {}

  @Override
  public void check(Happening happening, Durable before) {
    if (happening instanceof Happening.Committed committed) {
      check(committed, before.run(committed.run()));
    } else if (happening instanceof Happening.Begun(_, var assignment)) {
      check(assignment, before.run(assignment.prepared().run()));
    }
  }

  private void check(Happening.Committed committed, Durable.Run run) {
    switch (committed.fact()) {
      case RunEvent.AttemptSucceeded(int task, _, var result) ->
          note(committed.run(), task, result.outputs());
      case RunEvent.TaskCached(int task, _, var result, _) ->
          note(committed.run(), task, result.outputs());
      case RunEvent.AttemptStarted(int task, int attempt, _) -> {
        for (Edge edge : run.plan().step(run.state().stepOf(task)).upstream()) {
          checkSettled(committed.run() + "/" + task + "/" + attempt, run, edge, task);
        }
      }
      default -> {}
    }
  }

  private void note(String run, int task, Map<String, Artifact> outputs) {
    Set<Made> ofRun = made.computeIfAbsent(run, _ -> new HashSet<>());
    outputs.forEach((name, artifact) -> ofRun.add(new Made(task, name, artifact)));
  }

  private void checkSettled(String attempt, Durable.Run run, Edge edge, int task) {
    RunState state = run.state();
    if (!state.expanded(edge.step())) {
      throw broken(attempt + " is started before the tasks of step " + edge.step() + " are known");
    }
    int first = state.firstTask(edge.step()) + (edge.oneToOne() ? state.indexInStep(task) : 0);
    int last = edge.oneToOne() ? first : first + state.size(edge.step()) - 1;
    for (int above = first; above <= last; above++) {
      if (!run.hasSettled(above)) {
        throw broken(attempt + " is started before task " + above + " has ended");
      }
    }
  }

  private void check(Assignment assignment, Durable.Run run) {
    RunState state = run.state();
    int task = assignment.prepared().task();
    PlannedStep step = run.plan().step(state.stepOf(task));
    for (PlannedInput input : step.inputs()) {
      Artifact given = assignment.prepared().action().inputs().get(input.path());
      if (input.source() instanceof PlannedInput.OneTask(int from, String output, boolean joined)
          && given != null) {
        int producer = state.firstTask(from) + (joined ? state.indexInStep(task) : 0);
        checkMade(assignment, input, new Made(producer, output, given));
      }
    }
  }

  private void checkMade(Assignment assignment, PlannedInput input, Made wanted) {
    @Nullable Set<Made> ofRun = made.get(assignment.prepared().run());
    if (ofRun == null || !ofRun.contains(wanted)) {
      throw broken(
          assignment.ref() + " begins with input " + input.name() + " that is not made: " + wanted);
    }
  }
}

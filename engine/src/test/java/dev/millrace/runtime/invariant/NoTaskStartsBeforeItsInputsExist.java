package dev.millrace.runtime.invariant;

import dev.millrace.run.RunEvent;
import dev.millrace.run.RunEvent.AttemptStarted;
import dev.millrace.run.RunMachine;
import dev.millrace.run.RunState;
import dev.millrace.run.StepNode;
import dev.millrace.run.StepNode.Link;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * An attempt begins only when all tasks that its task depends on have ended, and its inputs were in
 * the store. One that has ended and is made again, because its result was lost, has ended.
 */
public final class NoTaskStartsBeforeItsInputsExist implements Invariant {
  private final Map<String, Mirror> runs = new HashMap<>();

  /** A run as its durable facts tell it. */
  private static final class Mirror {
    private final List<StepNode> steps;
    private final RunMachine machine;
    private final BitSet ended = new BitSet();

    Mirror(List<StepNode> steps) {
      this.steps = steps;
      machine = new RunMachine(steps);
    }

    void apply(RunEvent fact) {
      machine.apply(fact);
      RunState state = machine.state();
      if (fact instanceof RunEvent.RunReopened) {
        ended.clear();
      }
      for (int task = 0; task < state.tasks(); task++) {
        if (state.status(task).phase().settled()) {
          ended.set(task);
        }
      }
    }

    int unendedAbove(int task) {
      RunState state = machine.state();
      int step = state.stepOf(task);
      for (Link link : steps.get(step).upstream()) {
        int first = state.firstTask(link.step());
        if (!state.expanded(link.step())) {
          return first;
        }
        if (link.joined()) {
          int above = first + state.indexInStep(task);
          if (!ended.get(above)) {
            return above;
          }
        } else if (ended.nextClearBit(first) < first + state.size(link.step())) {
          return ended.nextClearBit(first);
        }
      }
      return -1;
    }
  }

  @Override
  public void observe(Observation observation) {
    switch (observation) {
      case Observation.Accepted(var run, var steps, var first) -> {
        runs.put(run, new Mirror(steps));
        mirror(run).apply(first);
      }
      case Observation.Committed committed -> committed.facts().forEach(f -> see(committed, f));
      case Observation.Began(var worker, var assignment, boolean inputsKnown) -> {
        if (!inputsKnown) {
          throw new Violation(this, worker + " began " + assignment.ref() + " without its inputs");
        }
      }
      case Observation.Claimed _,
          Observation.Shown _,
          Observation.Answered _,
          Observation.Overfull _,
          Observation.Ended _,
          Observation.BlobLost _,
          Observation.LeftOver _,
          Observation.Unended _ -> {}
    }
  }

  private Mirror mirror(String run) {
    Mirror mirror = runs.get(run);
    if (mirror == null) {
      throw new Violation(this, "facts of run " + run + ", which was never accepted");
    }
    return mirror;
  }

  private void see(Observation.Committed committed, RunEvent fact) {
    Mirror mirror = mirror(committed.run());
    if (fact instanceof AttemptStarted(int task, int attempt, _)) {
      int above = mirror.unendedAbove(task);
      if (above >= 0) {
        throw new Violation(
            this,
            "attempt %d of task %d of %s started before task %d had ended"
                .formatted(attempt, task, committed.run(), above));
      }
    }
    mirror.apply(fact);
  }
}

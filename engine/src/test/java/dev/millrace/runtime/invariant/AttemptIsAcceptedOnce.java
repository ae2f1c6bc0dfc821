package dev.millrace.runtime.invariant;

import dev.millrace.dispatch.AttemptRef;
import dev.millrace.run.RunEvent;
import dev.millrace.run.RunEvent.AttemptCancelled;
import dev.millrace.run.RunEvent.AttemptFailed;
import dev.millrace.run.RunEvent.AttemptStarted;
import dev.millrace.run.RunEvent.AttemptSucceeded;
import java.util.HashSet;
import java.util.Set;

/**
 * An attempt starts once and comes to one end, its own: what an earlier attempt of the task reports
 * is not taken for it.
 */
public final class AttemptIsAcceptedOnce implements Invariant {
  private final Set<AttemptRef> started = new HashSet<>();
  private final Set<AttemptRef> accepted = new HashSet<>();
  private final Set<AttemptRef> ended = new HashSet<>();

  @Override
  public void observe(Observation observation) {
    if (observation instanceof Observation.Committed(_, var run, _, _, var facts)) {
      facts.forEach(fact -> see(run, fact));
    }
    if (observation instanceof Observation.Ended(_, var attempt)) {
      ended.add(attempt);
    }
  }

  private void see(String run, RunEvent fact) {
    switch (fact) {
      case AttemptStarted(int task, int number, _) -> {
        if (!started.add(new AttemptRef(run, task, number))) {
          throw new Violation(this, fact + " of " + run + " came twice");
        }
      }
      case AttemptSucceeded(int task, int number, _) ->
          reported(new AttemptRef(run, task, number), fact);
      case AttemptFailed(int task, int number, var failure, _) -> {
        AttemptRef attempt = new AttemptRef(run, task, number);
        if (failure.kind().blamesUser()) {
          reported(attempt, fact);
        } else {
          accept(attempt);
        }
      }
      case AttemptCancelled(int task, int number) -> accept(new AttemptRef(run, task, number));
      default -> {}
    }
  }

  /** An end that nobody but the attempt's worker can have told. */
  private void reported(AttemptRef attempt, RunEvent fact) {
    if (!ended.contains(attempt)) {
      throw new Violation(this, attempt + " has not ended, and yet: " + fact);
    }
    accept(attempt);
  }

  private void accept(AttemptRef attempt) {
    if (!started.contains(attempt)) {
      throw new Violation(this, attempt + " ended without a start");
    }
    if (!accepted.add(attempt)) {
      throw new Violation(this, attempt + " ended twice");
    }
  }
}

package dev.millrace.runtime.invariant;

import dev.millrace.run.RunEvent;
import java.util.HashSet;
import java.util.Set;

/** After a run has ended there are no facts of it, unless somebody asked to go on with it. */
public final class TerminalRunNeverChanges implements Invariant {
  private final Set<String> ended = new HashSet<>();

  @Override
  public void observe(Observation observation) {
    if (observation instanceof Observation.Committed(_, var run, _, _, var facts)) {
      for (RunEvent fact : facts) {
        if (fact instanceof RunEvent.RunReopened) {
          ended.remove(run);
        } else if (ended.contains(run)) {
          throw new Violation(this, run + " had ended, and then: " + fact);
        }
        if (fact instanceof RunEvent.RunFinished) {
          ended.add(run);
        }
      }
    }
  }
}

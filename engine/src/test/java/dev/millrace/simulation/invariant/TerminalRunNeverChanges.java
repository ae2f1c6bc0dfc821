package dev.millrace.simulation.invariant;

import dev.millrace.run.RunEvent;
import dev.millrace.run.RunStatus;

/** A run that has ended stays as it is, unless somebody reopens it, which a success forbids. */
public final class TerminalRunNeverChanges implements Invariant {
  @Override
  public void check(Happening happening, Durable before) {
    if (happening instanceof Happening.Committed committed) {
      RunStatus status = before.run(committed.run()).state().runStatus();
      boolean reopens =
          committed.fact() instanceof RunEvent.RunReopened && status != RunStatus.SUCCEEDED;
      if (status != RunStatus.RUNNING && !reopens) {
        throw broken("run " + committed.run() + " has " + status.label() + ", then " + committed);
      }
    }
  }
}

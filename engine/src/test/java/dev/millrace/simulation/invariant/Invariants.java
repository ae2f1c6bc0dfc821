package dev.millrace.simulation.invariant;

import java.util.List;

/** All rules. */
public final class Invariants {
  private final Durable durable = new Durable();
  private final List<Invariant> all =
      List.of(
          new NoTaskStartsBeforeItsInputsExist(),
          new AttemptIsAcceptedOnce(),
          new TerminalRunNeverChanges(),
          new EveryCommittedFactSurvives(),
          new NothingIsSeenBeforeItsCommit(),
          new OneOwnerWritesInAnEpoch(),
          new EqualActionsYieldOneResult(),
          new EveryRunEnds(),
          new WorkersAreNotOversubscribed(),
          new AcknowledgedReportsAreDurable(),
          new NothingIsLeftBehind(),
          new TaskCountsAddUp());

  /** Returns what is durable. */
  public Durable durable() {
    return durable;
  }

  /**
   * Shows something to all rules.
   *
   * @throws Violation if one of them is broken
   */
  public void check(Happening happening) {
    for (Invariant invariant : all) {
      invariant.check(happening, durable);
    }
  }
}

package dev.millrace.runtime;

import static org.junit.jupiter.api.Assertions.fail;

import dev.millrace.simulation.Coverage;
import dev.millrace.simulation.Flaw;
import dev.millrace.simulation.invariant.AttemptIsAcceptedOnce;
import dev.millrace.simulation.invariant.Invariant;
import dev.millrace.simulation.invariant.NothingIsSeenBeforeItsCommit;
import dev.millrace.simulation.invariant.OneOwnerWritesInAnEpoch;
import dev.millrace.simulation.invariant.Violation;
import org.junit.jupiter.api.Test;

/** The simulation can fail: bugs that are planted into its world are found by the right rule. */
class PlantedBugsTest {
  private static final int SEEDS = 1_000;

  /** A bug may also break other rules, and sooner: that nothing goes on any more, most of all. */
  private static void isFoundBy(Class<? extends Invariant> rule, Flaw flaw) {
    for (long seed = 1; seed <= SEEDS; seed++) {
      Violation violation =
          new EngineSimulation(seed, flaw, new Coverage(), null).run().violation();
      if (violation != null && violation.invariant().equals(rule.getSimpleName())) {
        System.out.printf("%s is found by %s, seed %d%n", flaw, rule.getSimpleName(), seed);
        return;
      }
    }
    fail(flaw + " is not found");
  }

  @Test
  void findsAReportOfAnOldAttemptThatIsAccepted() {
    isFoundBy(AttemptIsAcceptedOnce.class, Flaw.REPORTS_NOT_FENCED);
  }

  @Test
  void findsAnAttemptThatIsAcceptedTwice() {
    isFoundBy(AttemptIsAcceptedOnce.class, Flaw.SUCCESS_WRITTEN_TWICE);
  }

  @Test
  void findsAFactThatIsShownBeforeItsCommit() {
    isFoundBy(NothingIsSeenBeforeItsCommit.class, Flaw.ANSWERED_BEFORE_COMMIT);
  }

  @Test
  void findsAStaleOwnerWhoseAppendIsAccepted() {
    isFoundBy(OneOwnerWritesInAnEpoch.class, Flaw.EPOCHS_IGNORED);
  }
}

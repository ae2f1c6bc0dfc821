package dev.millrace.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import dev.millrace.simulation.Coverage;
import dev.millrace.simulation.Flaw;
import dev.millrace.simulation.invariant.AttemptIsAcceptedOnce;
import dev.millrace.simulation.invariant.NothingIsSeenBeforeItsCommit;
import dev.millrace.simulation.invariant.OneOwnerWritesInAnEpoch;
import dev.millrace.simulation.invariant.Violation;
import org.junit.jupiter.api.Test;

/** The simulation can fail: bugs that are planted into its world are found by the right rule. */
class PlantedBugsTest {
  private static final int SEEDS = 1_000;

  private static Violation firstViolation(Flaw flaw) {
    for (long seed = 1; seed <= SEEDS; seed++) {
      Violation violation =
          new EngineSimulation(seed, flaw, new Coverage(), null).run().violation();
      if (violation != null) {
        System.out.printf("%s is found by seed %d%n", flaw, seed);
        return violation;
      }
    }
    return fail(flaw + " is not found");
  }

  @Test
  void findsAReportOfAnOldAttemptThatIsAccepted() {
    assertEquals(
        AttemptIsAcceptedOnce.class.getSimpleName(),
        firstViolation(Flaw.REPORTS_NOT_FENCED).invariant());
  }

  @Test
  void findsAnAttemptThatIsAcceptedTwice() {
    assertEquals(
        AttemptIsAcceptedOnce.class.getSimpleName(),
        firstViolation(Flaw.SUCCESS_WRITTEN_TWICE).invariant());
  }

  @Test
  void findsAFactThatIsShownBeforeItsCommit() {
    assertEquals(
        NothingIsSeenBeforeItsCommit.class.getSimpleName(),
        firstViolation(Flaw.ANSWERED_BEFORE_COMMIT).invariant());
  }

  @Test
  void findsAStaleOwnerWhoseAppendIsAccepted() {
    assertEquals(
        OneOwnerWritesInAnEpoch.class.getSimpleName(),
        firstViolation(Flaw.EPOCHS_IGNORED).invariant());
  }
}

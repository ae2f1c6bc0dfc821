package dev.millrace.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.millrace.runtime.invariant.Violation;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Simulates clusters, one a seed. {@code -Dmillrace.simulation.seeds=N} says how many, {@code
 * -Dmillrace.simulation.first=N} with which to begin.
 */
class EngineSimulationTest {
  private static final int SEEDS = Integer.getInteger("millrace.simulation.seeds", 4_000);
  private static final long FIRST = Long.getLong("millrace.simulation.first", 1);

  /** A bug that is planted shows itself within so many seeds. */
  private static final int ENOUGH = 1_000;

  @Test
  void nothingEverHappensThatMustNot() {
    Set<String> seen = new TreeSet<>();
    for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
      seen.addAll(simulate(seed));
    }
    if (SEEDS >= 1_000) {
      Set<String> wanted = new TreeSet<>(SimulatedCourse.WANTED);
      wanted.removeAll(seen);
      assertEquals(Set.of(), wanted, "what the simulation never came to");
    }
  }

  private static Set<String> simulate(long seed) {
    EngineSimulation simulation = new EngineSimulation(seed, PlantedBug.NONE);
    try {
      simulation.run();
    } catch (RuntimeException | Error e) {
      throw new AssertionError(
          "%s: %s%nto repeat it: mvn test -pl engine -Dtest=EngineSimulationTest -Dmillrace.simulation.first=%d -Dmillrace.simulation.seeds=1"
              .formatted(simulation, e.getMessage(), seed),
          e);
    }
    return simulation.seen();
  }

  @Test
  void aSeedGivesOneCourseOfEvents() {
    for (long seed : List.of(1L, 2L, 3L, 4L, 5L)) {
      EngineSimulation one = new EngineSimulation(seed, PlantedBug.NONE);
      EngineSimulation other = new EngineSimulation(seed, PlantedBug.NONE);
      one.run();
      other.run();
      assertEquals(one.trace(), other.trace(), "seed " + seed);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "ATTEMPT_ACCEPTED_TWICE, AttemptIsAcceptedOnce",
    "ATTEMPTS_NOT_FENCED, AttemptIsAcceptedOnce",
    "SHOWN_BEFORE_COMMIT, EveryCommittedFactSurvives",
    "STALE_OWNER_ACCEPTED, NoTwoOwnersCommitInOneEpoch"
  })
  void aPlantedBugIsFound(PlantedBug bug, String invariant) {
    for (long seed = 1; seed <= ENOUGH; seed++) {
      EngineSimulation simulation = new EngineSimulation(seed, bug);
      try {
        simulation.run();
      } catch (Violation found) {
        assertEquals(invariant, found.broken().getSimpleName(), found.getMessage());
        return;
      }
    }
    throw new AssertionError(bug + " was not found with " + ENOUGH + " seeds");
  }
}

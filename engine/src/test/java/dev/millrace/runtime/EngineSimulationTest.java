package dev.millrace.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.millrace.simulation.Coverage;
import dev.millrace.simulation.Flaw;
import java.io.PrintStream;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Many simulations of the engine. By hand: {@code -Dmillrace.simulation.seeds=N} runs so many,
 * {@code -Dmillrace.simulation.from=S} begins with another seed than 1, and {@code
 * -Dmillrace.simulation.seed=S} runs that one alone and prints what happens.
 */
class EngineSimulationTest {
  private static final int SEEDS = 4_000;
  private static final int SEEDS_FOR_COVERAGE = 3_000;
  private static final int SEEDS_RUN_TWICE = 50;

  private static @Nullable Long property(String name) {
    return Long.getLong("millrace.simulation." + name);
  }

  private static long simulate(long seed, Coverage coverage, @Nullable PrintStream out) {
    EngineSimulation simulation = new EngineSimulation(seed, Flaw.NONE, coverage, out);
    EngineSimulation.Outcome outcome = simulation.run();
    if (outcome.violation() != null) {
      throw new AssertionError(simulation.explain(outcome.violation()), outcome.violation());
    }
    return outcome.hash();
  }

  @Test
  void keepsItsPromisesWhateverFails() {
    Coverage coverage = new Coverage();
    Long only = property("seed");
    if (only != null) {
      long hash = simulate(only, coverage, System.out);
      System.out.printf("seed %d: hash %x%n%s", only, hash, coverage);
      return;
    }
    Long asked = property("seeds");
    Long from = property("from");
    long seeds = asked == null ? SEEDS : asked;
    long first = from == null ? 1 : from;
    long all = 0;
    for (long seed = first; seed < first + seeds; seed++) {
      all = all * 31 + simulate(seed, coverage, null);
    }
    System.out.printf("%d seeds from %d: hash %x%n", seeds, first, all);
    if (asked != null) {
      System.out.print(coverage);
    }
    if (seeds >= SEEDS_FOR_COVERAGE) {
      assertEquals(
          List.of(), coverage.missing(EngineSimulation.expected()), "these never happened");
    }
  }

  @Test
  void aSeedAlwaysComesToTheSame() {
    for (long seed = 1; seed <= SEEDS_RUN_TWICE; seed++) {
      assertEquals(
          simulate(seed, new Coverage(), null),
          simulate(seed, new Coverage(), null),
          "seed " + seed);
    }
  }
}

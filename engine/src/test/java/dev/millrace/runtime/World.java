package dev.millrace.runtime;

import dev.millrace.cache.InMemoryActionCache;
import dev.millrace.content.InMemoryContentStore;
import dev.millrace.journal.InMemoryStepDurations;
import dev.millrace.simulation.Chance;
import dev.millrace.simulation.Flaw;
import dev.millrace.simulation.SimulatedDatabase;
import dev.millrace.simulation.SimulatedTime;
import dev.millrace.simulation.Trace;
import dev.millrace.simulation.Watch;

/**
 * What all processes of a simulation share.
 *
 * @param nondeterministic whether some actions leave another result each time
 * @param flaw the bug that is planted
 */
record World(
    SimulatedTime time,
    Chance chance,
    Watch watch,
    SimulatedDatabase database,
    InMemoryActionCache cache,
    InMemoryContentStore store,
    InMemoryStepDurations durations,
    boolean nondeterministic,
    Flaw flaw) {

  /** Returns where it is written down what happens. */
  Trace trace() {
    return watch.trace();
  }
}

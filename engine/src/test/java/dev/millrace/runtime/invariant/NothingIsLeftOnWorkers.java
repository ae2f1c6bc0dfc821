package dev.millrace.runtime.invariant;

/** No attempt goes on when all runs have ended. */
public final class NothingIsLeftOnWorkers implements Invariant {

  @Override
  public void observe(Observation observation) {
    if (observation instanceof Observation.LeftOver(var worker, var attempt)) {
      throw new Violation(this, worker + " still runs " + attempt);
    }
  }
}

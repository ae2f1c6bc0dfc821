package dev.millrace.runtime.invariant;

/** What runs on a worker at once never needs more than the worker has. */
public final class WorkersAreNeverOverfull implements Invariant {

  @Override
  public void observe(Observation observation) {
    if (observation instanceof Observation.Overfull(var worker, var resource)) {
      throw new Violation(this, worker + " runs more than fits its " + resource);
    }
  }
}

package dev.millrace.runtime.invariant;

/** When nothing goes wrong any more, every run ends. */
public final class EveryRunEndsWhenFaultsStop implements Invariant {

  @Override
  public void observe(Observation observation) {
    if (observation instanceof Observation.Unended(var run, var how)) {
      throw new Violation(this, run + " has not ended: " + how);
    }
  }
}

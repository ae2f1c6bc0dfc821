package dev.millrace.runtime.invariant;

/** Something that must hold in every simulation. */
public interface Invariant {

  /**
   * Sees what happened.
   *
   * @throws Violation if that must not happen
   */
  void observe(Observation observation);
}

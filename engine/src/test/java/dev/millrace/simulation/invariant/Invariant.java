package dev.millrace.simulation.invariant;

/** A rule that holds whatever fails. */
public interface Invariant {

  /**
   * Looks at something that happens.
   *
   * @param before what was durable before it
   * @throws Violation if it must not happen
   */
  void check(Happening happening, Durable before);

  /** Says that the rule is broken. */
  default Violation broken(String message) {
    return new Violation(getClass().getSimpleName(), message);
  }
}

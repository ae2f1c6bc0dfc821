package dev.millrace.simulation.invariant;

/** A rule was broken. */
public final class Violation extends AssertionError {
  private static final long serialVersionUID = 1L;

  private final String invariant;

  /**
   * @param invariant name of the rule
   */
  public Violation(String invariant, String message) {
    super(message);
    this.invariant = invariant;
  }

  /** Returns the name of the rule. */
  public String invariant() {
    return invariant;
  }
}

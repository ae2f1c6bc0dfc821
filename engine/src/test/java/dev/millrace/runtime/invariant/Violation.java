package dev.millrace.runtime.invariant;

/** What must never happen has happened. */
public final class Violation extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Class<?> broken;

  /**
   * @param broken the invariant that does not hold
   */
  public Violation(Invariant broken, String message) {
    super(broken.getClass().getSimpleName() + ": " + message);
    this.broken = broken.getClass();
  }

  /** Returns the invariant that does not hold. */
  public Class<?> broken() {
    return broken;
  }
}

package dev.millrace.run;

/** Why a task was not run. */
public enum SkipCause {
  /** Its own {@code when} was false. */
  CONDITION("condition"),
  /** What it depends on was skipped. */
  UPSTREAM_SKIPPED("upstream-skipped"),
  /** What it depends on failed. */
  UPSTREAM_FAILED("upstream-failed"),
  /** It runs {@code on} failure, and nothing failed. */
  NOTHING_FAILED("nothing-failed");

  private final String label;

  SkipCause(String label) {
    this.label = label;
  }

  /** Returns the name used in events. */
  public String label() {
    return label;
  }

  /**
   * Returns the cause of that label.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static SkipCause ofLabel(String label) {
    for (SkipCause cause : values()) {
      if (cause.label.equals(label)) {
        return cause;
      }
    }
    throw new IllegalArgumentException("no cause of a skip: " + label);
  }
}

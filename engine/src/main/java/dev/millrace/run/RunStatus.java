package dev.millrace.run;

import java.util.Locale;

/** How a run stands. */
public enum RunStatus {
  /** It goes on, or will when an engine takes it up again. */
  RUNNING,
  /** All its tasks succeeded or were skipped on purpose. */
  SUCCEEDED,
  /** At least one task failed. */
  FAILED,
  /** It was asked to stop before its end. */
  CANCELLED;

  /** Returns the name used in events and listings. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Returns the status of that label.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static RunStatus ofLabel(String label) {
    return valueOf(label.toUpperCase(Locale.ROOT));
  }
}

package dev.millrace.run;

/**
 * Why an attempt or a task failed. Everything that depends on the kind stands here: whether it is
 * retried, whether it uses up an attempt of the user's, and whose fault it is.
 */
public enum FailureKind {
  /** The command ended with a non-zero exit code, or did not leave what it declared. */
  USER("failure", true, true),
  /** The attempt ran longer than its timeout. */
  TIMEOUT("timeout", true, true),
  /** The attempt used more memory than it may. */
  OOM("oom", true, true),
  /** The worker or the engine died under the attempt. */
  LOST("lost", true, false),
  /** No worker is large enough for the task. */
  RESOURCES("resources", false, true),
  /** The engine could not do its part; a bug or a broken store. */
  ENGINE("engine", true, false);

  private final String label;
  private final boolean retriable;
  private final boolean blamesUser;

  FailureKind(String label, boolean retriable, boolean blamesUser) {
    this.label = label;
    this.retriable = retriable;
    this.blamesUser = blamesUser;
  }

  /** Returns the name used in documents, events and metrics. */
  public String label() {
    return label;
  }

  /** Returns whether another attempt can end differently. */
  public boolean retriable() {
    return retriable;
  }

  /**
   * Returns whether the attempt counts against the step's {@code retry.attempts}. Failures that are
   * not the step's doing have a limit of their own.
   */
  public boolean blamesUser() {
    return blamesUser;
  }

  /**
   * Returns the kind of that label.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static FailureKind ofLabel(String label) {
    for (FailureKind kind : values()) {
      if (kind.label.equals(label)) {
        return kind;
      }
    }
    throw new IllegalArgumentException("no kind of failure: " + label);
  }
}

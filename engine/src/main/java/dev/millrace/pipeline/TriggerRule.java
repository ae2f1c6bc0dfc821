package dev.millrace.pipeline;

/** What the steps upstream must have come to before a step runs. */
public enum TriggerRule implements Labelled {
  /** All have succeeded. */
  SUCCESS("success"),
  /** At least one has failed. */
  FAILURE("failure"),
  /** All have ended, however. */
  ALWAYS("always");

  private final String label;

  TriggerRule(String label) {
    this.label = label;
  }

  @Override
  public String label() {
    return label;
  }
}

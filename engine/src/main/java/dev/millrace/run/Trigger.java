package dev.millrace.run;

/** What the upstream of a task must have come to for the task to run. */
public enum Trigger {
  /** Everything succeeded. */
  SUCCESS,
  /** Something failed. */
  FAILURE,
  /** Everything has ended, however. */
  ALWAYS
}

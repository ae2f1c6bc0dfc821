package dev.millrace.dispatch;

/**
 * A task in the whole engine.
 *
 * @param run id of its run
 * @param task its number in the run
 */
public record TaskRef(String run, int task) {
  @Override
  public String toString() {
    return run + "/" + task;
  }
}

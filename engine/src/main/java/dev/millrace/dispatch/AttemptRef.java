package dev.millrace.dispatch;

/**
 * An attempt in the whole engine.
 *
 * @param run id of its run
 * @param task number of its task in the run
 * @param attempt its number, from 1; comes from a durable fact, so it is never given twice
 */
public record AttemptRef(String run, int task, int attempt) {

  @Override
  public String toString() {
    return run + "/" + task + "/" + attempt;
  }
}

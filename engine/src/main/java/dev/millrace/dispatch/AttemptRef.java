package dev.millrace.dispatch;

/**
 * An attempt in the whole engine.
 *
 * @param run id of its run
 * @param task number of its task in the run
 * @param attempt its number, from 1; comes from a durable fact, so it is never given twice
 */
public record AttemptRef(String run, int task, int attempt) {

  /**
   * Reads what {@link #toString} gives.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static AttemptRef parse(String text) {
    String[] parts = text.split("/", -1);
    if (parts.length != 3) {
      throw new IllegalArgumentException("no attempt: " + text);
    }
    return new AttemptRef(parts[0], Integer.parseInt(parts[1]), Integer.parseInt(parts[2]));
  }

  @Override
  public String toString() {
    return run + "/" + task + "/" + attempt;
  }
}

package dev.millrace.dispatch;

/**
 * A task given to a worker.
 *
 * @param prepared what is to be run
 * @param attempt number of the attempt, from 1
 */
public record Assignment(PreparedTask prepared, int attempt) {

  /** Returns the name of the attempt in the whole engine. */
  public AttemptRef ref() {
    return new AttemptRef(prepared.run(), prepared.task(), attempt);
  }
}

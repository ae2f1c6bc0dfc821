package dev.millrace.runtime;

/**
 * A task given to a worker.
 *
 * @param attempt its number, from 1
 */
record Assignment(PreparedTask prepared, int attempt) {

  /** Returns the name of the attempt in the whole engine. */
  String attemptId() {
    return prepared.run() + "/" + prepared.task() + "/" + attempt;
  }
}

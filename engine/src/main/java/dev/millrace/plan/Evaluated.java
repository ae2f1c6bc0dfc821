package dev.millrace.plan;

/**
 * What came of evaluating the expressions of a task. That they have no value is a failure of the
 * task, not of the engine: data, not an exception.
 */
public sealed interface Evaluated<T> {

  /** The value. */
  record Value<T>(T value) implements Evaluated<T> {}

  /**
   * There is none.
   *
   * @param message says where and why, for people
   */
  record Failed<T>(String message) implements Evaluated<T> {}
}

package dev.millrace.dispatch;

import java.util.function.Consumer;

/** Runs attempts: what stands between a worker's bookkeeping and its executors. */
public interface AttemptRunner {

  /**
   * Begins an attempt and returns without waiting for it.
   *
   * @param ended told exactly once how it ended, from any thread, never within this call
   */
  Running start(Assignment assignment, Consumer<AttemptReport> ended);

  /**
   * Told that an attempt is likely to be started in a moment, so that it can be made ready. May be
   * told of one that never is, and not told of one that is.
   */
  default void expect(Assignment assignment) {}

  /** An attempt that was begun. */
  @FunctionalInterface
  interface Running {
    /** Asks for its end; without effect once it has ended. */
    void stop();
  }
}

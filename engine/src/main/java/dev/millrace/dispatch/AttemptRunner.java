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

  /** An attempt that was begun. */
  @FunctionalInterface
  interface Running {
    /** Asks for its end; without effect once it has ended. */
    void stop();
  }
}

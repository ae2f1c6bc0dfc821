package dev.millrace.executors.docker;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Bounds how long something is asked again that cannot be waited for. */
final class Deadline {
  private static final Duration PAUSE = Duration.ofMillis(200);

  private final long nanos;

  private Deadline(long nanos) {
    this.nanos = nanos;
  }

  static Deadline in(Duration time) {
    return new Deadline(System.nanoTime() + time.toNanos());
  }

  /**
   * Waits a moment.
   *
   * @return whether there is time to ask again
   */
  boolean awaitNext() throws InterruptedException {
    if (System.nanoTime() - nanos >= 0) {
      return false;
    }
    LockSupport.parkNanos(PAUSE.toNanos());
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    return true;
  }
}

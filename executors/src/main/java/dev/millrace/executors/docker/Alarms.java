package dev.millrace.executors.docker;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Does things later, each on a thread of its own; one thread, made when first needed, keeps the
 * time of all. Safe for use by many threads.
 */
final class Alarms implements AutoCloseable {
  private @Nullable ScheduledThreadPoolExecutor clock;

  /** Does something once after a delay, which may be longer than anybody waits. */
  Future<?> after(Duration delay, Runnable task) {
    return clock()
        .schedule(() -> onThread(task), TimeUnit.NANOSECONDS.convert(delay), TimeUnit.NANOSECONDS);
  }

  /** Does something again and again; it must be quick, since it has the clock's own thread. */
  void every(Duration period, Runnable task) {
    long nanos = period.toNanos();
    Future<?> _ = clock().scheduleWithFixedDelay(task, nanos, nanos, TimeUnit.NANOSECONDS);
  }

  private static void onThread(Runnable task) {
    Thread.ofPlatform().daemon().name("millrace-container-alarm").start(task);
  }

  private synchronized ScheduledThreadPoolExecutor clock() {
    ScheduledThreadPoolExecutor made = clock;
    if (made == null) {
      made =
          new ScheduledThreadPoolExecutor(
              1, Thread.ofPlatform().daemon().name("millrace-container-clock").factory());
      made.setRemoveOnCancelPolicy(true);
      clock = made;
    }
    return made;
  }

  /** Forgets what was to be done later. */
  @Override
  public synchronized void close() {
    if (clock != null) {
      clock.shutdownNow();
    }
  }
}

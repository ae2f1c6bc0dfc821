package dev.millrace.run;

import java.util.EnumSet;
import java.util.Set;

/**
 * When a failed attempt is followed by another.
 *
 * @param attempts how many attempts in all may fail by the step's own doing, at least 1
 * @param delayMillis before the second attempt
 * @param factor by which the delay grows with each further one, at least 1
 * @param maxDelayMillis the delay never grows beyond it
 * @param on the kinds of failure that are retried
 */
public record RetryPolicy(
    int attempts, long delayMillis, double factor, long maxDelayMillis, Set<FailureKind> on) {

  /** How often a task is tried again after losses that are not its own doing. */
  public static final int LOST_LIMIT = 10;

  private static final long LOST_DELAY_MILLIS = 100;
  private static final int LARGEST_DOUBLING = 30;

  /** One attempt, and more only where it was lost. */
  public static final RetryPolicy NONE =
      new RetryPolicy(1, 0, 1, 0, EnumSet.of(FailureKind.LOST, FailureKind.ENGINE));

  public RetryPolicy {
    on = Set.copyOf(on);
  }

  /**
   * Returns whether there is to be another attempt.
   *
   * @param blamed attempts that failed by the step's own doing so far, this one included
   * @param lost attempts that failed otherwise so far, this one included
   */
  boolean again(FailureKind kind, int blamed, int lost) {
    if (!kind.retriable()) {
      return false;
    }
    return kind.blamesUser() ? on.contains(kind) && blamed < attempts : lost <= LOST_LIMIT;
  }

  /**
   * Returns how long to wait before the next attempt: exponential growth with full jitter on the
   * upper half, so that many tasks that failed together do not come back together.
   *
   * @param failures of that sort so far, at least 1
   * @param jitter in [0, 1), drawn by the caller
   * @return milliseconds
   */
  long backoffMillis(FailureKind kind, int failures, double jitter) {
    double base =
        kind.blamesUser()
            ? Math.min(delayMillis * Math.pow(factor, failures - 1.0), (double) maxDelayMillis)
            : LOST_DELAY_MILLIS * Math.pow(2, Math.min(failures - 1, LARGEST_DOUBLING) / 2.0);
    return Math.round(base * (0.5 + 0.5 * jitter));
  }
}

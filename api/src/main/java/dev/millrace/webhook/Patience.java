package dev.millrace.webhook;

import java.util.concurrent.ThreadLocalRandom;

/**
 * How long a receiver that does not answer well is tried.
 *
 * @param firstMillis between the first attempt and the second; it doubles from one to the next
 * @param longestMillis between two attempts
 * @param giveUpMillis after the first attempt: then the event becomes a dead letter
 */
public record Patience(long firstMillis, long longestMillis, long giveUpMillis) {
  /** Where nothing else is said: at most ten minutes between two attempts, for a day. */
  public static final Patience USUAL = new Patience(1_000, 600_000, 86_400_000);

  private static final int MOST_DOUBLINGS = 40;

  /** Returns a time to wait, spread so that many receivers are not asked at the same moment. */
  long delayMillis(int failures) {
    long doubled = firstMillis << Math.min(failures - 1, MOST_DOUBLINGS);
    long most = doubled < firstMillis ? longestMillis : Math.min(doubled, longestMillis);
    return Math.max(1, ThreadLocalRandom.current().nextLong(most / 2, most + 1));
  }
}

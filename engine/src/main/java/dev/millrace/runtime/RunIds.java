package dev.millrace.runtime;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.concurrent.ThreadLocalRandom;

/** Names of runs: the time to the millisecond, by which they sort, and two random letters. */
public final class RunIds {
  private static final String LETTERS = "abcdefghjkmnpqrstuvwxyz";

  /** The years 1000 to 9999. */
  private static final long FIRST_SECOND = -30_610_224_000L;

  private static final long LAST_SECOND = 253_402_300_799L;

  private RunIds() {}

  static String next(Instant now) {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    return at(now)
        + LETTERS.charAt(random.nextInt(LETTERS.length()))
        + LETTERS.charAt(random.nextInt(LETTERS.length()));
  }

  /**
   * Returns what sorts behind the ids of all runs submitted before that time, and before those of
   * all others.
   *
   * @param now from the year 1000 to 9999; earlier and later ones are taken for these
   */
  public static String at(Instant now) {
    // By hand: java.time.format costs more class loading than all the rest of a cached run's start.
    LocalDateTime time = LocalDateTime.ofInstant(clamped(now), ZoneOffset.UTC);
    long day = time.getYear() * 10_000L + time.getMonthValue() * 100L + time.getDayOfMonth();
    long second = time.getHour() * 10_000L + time.getMinute() * 100L + time.getSecond();
    return day + "-" + padded(second, 6) + "-" + padded(time.getNano() / 1_000_000, 3);
  }

  private static Instant clamped(Instant time) {
    Instant first = Instant.ofEpochSecond(FIRST_SECOND);
    Instant last = Instant.ofEpochSecond(LAST_SECOND);
    return time.isBefore(first) ? first : time.isAfter(last) ? last : time;
  }

  private static String padded(long number, int digits) {
    String text = Long.toString(number);
    return "0".repeat(digits - text.length()) + text;
  }
}

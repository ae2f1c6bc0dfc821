package dev.millrace.runtime;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.concurrent.ThreadLocalRandom;

/** Names of runs: the time to the millisecond, by which they sort, and two random letters. */
final class RunIds {
  private static final String LETTERS = "abcdefghjkmnpqrstuvwxyz";

  private RunIds() {}

  static String next(Instant now) {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    // By hand: java.time.format costs more class loading than all the rest of a cached run's start.
    LocalDateTime time = LocalDateTime.ofInstant(now, ZoneOffset.UTC);
    long day = time.getYear() * 10_000L + time.getMonthValue() * 100L + time.getDayOfMonth();
    long second = time.getHour() * 10_000L + time.getMinute() * 100L + time.getSecond();
    return day
        + "-"
        + padded(second, 6)
        + "-"
        + padded(time.getNano() / 1_000_000, 3)
        + LETTERS.charAt(random.nextInt(LETTERS.length()))
        + LETTERS.charAt(random.nextInt(LETTERS.length()));
  }

  private static String padded(long number, int digits) {
    String text = Long.toString(number);
    return "0".repeat(digits - text.length()) + text;
  }
}

package dev.millrace.runtime;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Names of runs: the time to the millisecond, by which they sort, and two random letters, or three
 * where very many are submitted at once.
 */
public final class RunIds {
  private static final String LETTERS = "abcdefghjkmnpqrstuvwxyz";

  /** The years 1000 to 9999. */
  private static final long FIRST_SECOND = -30_610_224_000L;

  private static final long LAST_SECOND = 253_402_300_799L;

  private static final int MOST_PAIRS = 200;

  private static String lastTime = "";

  /** The letters given with that time. */
  private static final Set<String> given = new HashSet<>();

  private RunIds() {}

  /** Returns a name that this process has not given before. */
  static synchronized String next(Instant now) {
    String time = at(now);
    if (!time.equals(lastTime)) {
      lastTime = time;
      given.clear();
    }
    ThreadLocalRandom random = ThreadLocalRandom.current();
    StringBuilder letters = new StringBuilder();
    do {
      letters.setLength(0);
      // In a busy millisecond the pairs run out.
      for (int i = given.size() < MOST_PAIRS ? 0 : -1; i < 2; i++) {
        letters.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
      }
    } while (!given.add(letters.toString()));
    return time + letters;
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

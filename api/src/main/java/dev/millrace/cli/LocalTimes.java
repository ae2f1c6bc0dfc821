package dev.millrace.cli;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.TimeZone;

/**
 * Times for people, in the zone of this machine. By hand: java.time.format is slow to load, and the
 * first ZoneId opens every jar to look for rules of zones in it.
 */
final class LocalTimes {
  private final TimeZone zone = TimeZone.getDefault();

  /** Returns {@code hh:mm:ss}. */
  String time(long millis) {
    LocalDateTime time = local(millis);
    return Amounts.twoDigits(time.getHour())
        + ":"
        + Amounts.twoDigits(time.getMinute())
        + ":"
        + Amounts.twoDigits(time.getSecond());
  }

  /** Returns {@code yyyy-mm-dd hh:mm:ss}. */
  String dateAndTime(long millis) {
    LocalDateTime time = local(millis);
    return time.getYear()
        + "-"
        + Amounts.twoDigits(time.getMonthValue())
        + "-"
        + Amounts.twoDigits(time.getDayOfMonth())
        + " "
        + time(millis);
  }

  private LocalDateTime local(long millis) {
    Instant shifted = Instant.ofEpochMilli(millis + zone.getOffset(millis));
    return LocalDateTime.ofInstant(shifted, ZoneOffset.UTC);
  }
}

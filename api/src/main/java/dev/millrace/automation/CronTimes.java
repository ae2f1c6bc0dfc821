package dev.millrace.automation;

import com.cronutils.model.definition.CronDefinition;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The instants that a cron expression means in a time zone.
 *
 * <p>The expression is matched against a clock without a zone; what the zone makes of it is decided
 * here, piece by piece between the changes of its offset, as cron has done it since P. Vixie:
 *
 * <ul>
 *   <li>What is due every hour, or more often, follows the time that passes: in an hour that is
 *       left out it is not due, in an hour that comes twice it is due twice.
 *   <li>What is due at certain hours is due once on each day: where its time is left out, at the
 *       moment of the change; where it comes twice, at the first.
 * </ul>
 */
final class CronTimes {
  private static final CronDefinition FIELDS =
      CronDefinitionBuilder.defineCron()
          .withSeconds()
          .withValidRange(0, 59)
          .withStrictRange()
          .and()
          .withMinutes()
          .withValidRange(0, 59)
          .withStrictRange()
          .and()
          .withHours()
          .withValidRange(0, 23)
          .withStrictRange()
          .and()
          .withDayOfMonth()
          .withValidRange(1, 31)
          .withStrictRange()
          .and()
          .withMonth()
          .withValidRange(1, 12)
          .withStrictRange()
          .and()
          .withDayOfWeek()
          .withValidRange(0, 7)
          .withMondayDoWValue(1)
          .withIntMapping(7, 0)
          .withStrictRange()
          .and()
          .instance();

  private static final Map<String, String> NICKNAMES =
      Map.of(
          "@hourly", "0 * * * *",
          "@daily", "0 0 * * *",
          "@midnight", "0 0 * * *",
          "@weekly", "0 0 * * 0",
          "@monthly", "0 0 1 * *",
          "@yearly", "0 0 1 1 *",
          "@annually", "0 0 1 1 *");

  private static final Set<String> EVERY_HOUR = Set.of("*", "*/1", "0-23");
  private static final String EXPECTED =
      "write five fields (minute, hour, day of month, month, day of week), six with seconds before"
          + " them, or one of @hourly, @daily, @weekly, @monthly, @yearly";

  /** Two a year; the rarest day, the 29th of February, can be eight years away. */
  private static final int MOST_TRANSITIONS = 40;

  private final ExecutionTime times;
  private final ZoneRules rules;
  private final boolean everyHour;

  private CronTimes(ExecutionTime times, ZoneRules rules, boolean everyHour) {
    this.times = times;
    this.rules = rules;
    this.everyHour = everyHour;
  }

  /**
   * Reads an expression.
   *
   * @throws IllegalArgumentException if it is none; the message says what to write
   */
  static CronTimes parse(String cron, ZoneId zone) {
    String text = cron.strip();
    String written = text.startsWith("@") ? NICKNAMES.get(text.toLowerCase(Locale.ROOT)) : text;
    String[] fields = written == null ? new String[0] : written.split("\\s+", -1);
    if (fields.length != 5 && fields.length != 6) {
      throw new IllegalArgumentException("\"" + cron + "\" is no cron expression: " + EXPECTED);
    }
    String six = (fields.length == 5 ? "0 " : "") + String.join(" ", fields);
    try {
      ExecutionTime times = ExecutionTime.forCron(new CronParser(FIELDS).parse(six).validate());
      boolean everyHour = EVERY_HOUR.contains(fields[fields.length - 4]);
      return new CronTimes(times, zone.getRules(), everyHour);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "\"" + cron + "\" is no cron expression: " + e.getMessage() + "; " + EXPECTED, e);
    }
  }

  /** Returns the first instant behind {@code after}, or null where there is none for decades. */
  @Nullable Instant next(Instant after) {
    Instant begin = after;
    LocalDateTime from = LocalDateTime.ofInstant(after, rules.getOffset(after));
    ZoneOffsetTransition last = rules.previousTransition(after.plusNanos(1));
    if (last != null && from.isBefore(last.getDateTimeBefore()) && last.isOverlap()) {
      from = behind(last, from);
    }
    for (int i = 0; i < MOST_TRANSITIONS; i++) {
      LocalDateTime candidate = nextLocal(from);
      if (candidate == null) {
        return null;
      }
      ZoneOffset offset = rules.getOffset(begin);
      ZoneOffsetTransition change = rules.nextTransition(begin);
      if (change == null || candidate.toInstant(offset).isBefore(change.getInstant())) {
        return candidate.toInstant(offset);
      }
      if (!everyHour && change.isGap() && candidate.isBefore(change.getDateTimeAfter())) {
        return change.getInstant();
      }
      begin = change.getInstant();
      from = behind(change, change.getDateTimeAfter().minusSeconds(1));
    }
    return null;
  }

  /**
   * Returns the local time behind which to look after a change: what is due at certain hours was
   * due already in the time that comes a second time.
   */
  private LocalDateTime behind(ZoneOffsetTransition change, LocalDateTime otherwise) {
    return !everyHour && change.isOverlap()
        ? change.getDateTimeBefore().minusSeconds(1)
        : otherwise;
  }

  /** Whole seconds: the library would carry a part of one from what it is given to its answer. */
  private @Nullable LocalDateTime nextLocal(LocalDateTime after) {
    return times
        .nextExecution(after.truncatedTo(ChronoUnit.SECONDS).atZone(ZoneOffset.UTC))
        .map(ZonedDateTime::toLocalDateTime)
        .orElse(null);
  }
}

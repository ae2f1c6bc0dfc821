package dev.millrace.automation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CronTimesTest {
  private static final long SEED = Long.getLong("millrace.seed", 20261128);

  /** In each: the expression, the zone, when to begin, and the times that follow. */
  @ParameterizedTest
  @CsvSource({
    // Clocks go from 2 to 3: what is due between is due at the change.
    "30 2 * * *,Europe/Berlin,2026-03-28T02:00:00Z,2026-03-29T01:00:00Z 2026-03-30T00:30:00Z",
    "0;20;40 2 * * *,Europe/Berlin,2026-03-28T12:00:00Z,2026-03-29T01:00:00Z 2026-03-30T00:00:00Z",
    "0 2-3 * * *,Europe/Berlin,2026-03-28T12:00:00Z,2026-03-29T01:00:00Z 2026-03-30T00:00:00Z",
    // Clocks go from 3 to 2: what is due between is due once.
    "30 2 * * *,Europe/Berlin,2026-10-24T12:00:00Z,2026-10-25T00:30:00Z 2026-10-26T01:30:00Z",
    "0 3 * * *,Europe/Berlin,2026-10-24T12:00:00Z,2026-10-25T02:00:00Z 2026-10-26T02:00:00Z",
    "30 2 * * *,Europe/Berlin,2026-10-25T01:10:00Z,2026-10-26T01:30:00Z 2026-10-27T01:30:00Z",
    "*/30 2 * * *,Europe/Berlin,2026-10-25T00:10:00Z,2026-10-25T00:30:00Z 2026-10-26T01:00:00Z",
    // What is due every hour follows the time that passes.
    "30 * * * *,Europe/Berlin,2026-03-29T00:00:00Z,2026-03-29T00:30:00Z 2026-03-29T01:30:00Z",
    "30 * * * *,Europe/Berlin,2026-10-25T00:00:00Z,2026-10-25T00:30:00Z 2026-10-25T01:30:00Z",
    "@hourly,Europe/Berlin,2026-10-25T00:00:00Z,2026-10-25T01:00:00Z 2026-10-25T02:00:00Z",
    // Half an hour, at two.
    "15 2 * * *,Australia/Lord_Howe,2026-10-03T00:00:00Z,2026-10-03T15:30:00Z 2026-10-04T15:15:00Z",
    // A whole day was left out.
    "0 12 * * *,Pacific/Apia,2011-12-29T00:00:00Z,2011-12-29T22:00:00Z 2011-12-30T10:00:00Z",
    // Midnight does not exist on the day of the change.
    "@daily,America/Asuncion,2023-09-30T12:00:00Z,2023-10-01T04:00:00Z 2023-10-02T03:00:00Z",
    "0 0 13 * 5,UTC,2026-01-01T00:00:00Z,2026-01-02T00:00:00Z 2026-01-09T00:00:00Z",
    "0 0 * * 7,UTC,2026-01-01T00:00:00Z,2026-01-04T00:00:00Z 2026-01-11T00:00:00Z",
    "@weekly,UTC,2026-01-01T00:00:00Z,2026-01-04T00:00:00Z 2026-01-11T00:00:00Z",
    "0 0 29 2 *,America/New_York,2026-01-01T00:00:00Z,2028-02-29T05:00:00Z 2032-02-29T05:00:00Z",
    "* * * * * *,UTC,2026-01-01T00:00:00.599Z,2026-01-01T00:00:01Z 2026-01-01T00:00:02Z",
    "*/20 * * * * *,UTC,2026-01-01T00:00:00.999Z,2026-01-01T00:00:20Z 2026-01-01T00:00:40Z"
  })
  void meansTheseInstants(String cron, String zone, Instant from, String expected) {
    CronTimes times = CronTimes.parse(cron.replace(';', ','), ZoneId.of(zone));
    List<String> found = new ArrayList<>();
    Instant at = from;
    while (found.size() < expected.split(" ").length) {
      at = Objects.requireNonNull(times.next(at), cron);
      found.add(at.toString());
    }
    assertEquals(List.of(expected.split(" ")), found);
  }

  /** Wherever one begins to look, the same instants are due. */
  @Test
  void theInstantsDoNotDependOnWhereOneBegins() {
    Random random = new Random(SEED);
    List<String> crons =
        List.of("30 2 * * *", "*/15 * * * *", "0,30 1-3 * * *", "59 23 * * *", "7 */2 * * *");
    List<String> zones =
        List.of("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Asuncion");
    for (int i = 0; i < 300; i++) {
      String cron = crons.get(random.nextInt(crons.size()));
      ZoneId zone = ZoneId.of(zones.get(random.nextInt(zones.size())));
      CronTimes times = CronTimes.parse(cron, zone);
      Instant change =
          zone.getRules()
              .nextTransition(Instant.parse("2021-01-01T00:00:00Z").plusSeconds(86_400L * i))
              .getInstant();
      Instant begin = change.minusSeconds(random.nextInt(200_000));
      Instant end = change.plusSeconds(random.nextInt(200_000));
      Instant inside = begin.plusSeconds(random.nextInt(200_000));
      List<Instant> all = between(times, begin, end);
      String what = cron + " in " + zone + " from " + begin + ", with seed " + SEED;
      assertEquals(
          all.stream().filter(at -> at.isAfter(inside)).toList(),
          between(times, inside, end),
          what);
      assertTrue(all.stream().sorted().distinct().toList().equals(all), what);
    }
  }

  private static List<Instant> between(CronTimes times, Instant from, Instant to) {
    List<Instant> all = new ArrayList<>();
    for (Instant at = times.next(from); at != null && !at.isAfter(to); at = times.next(at)) {
      all.add(at);
    }
    return all;
  }

  /** Every quarter of an hour that passes, by its minute on the wall. */
  @Test
  void whatIsDueEveryHourIsWhatTheWallClockShows() {
    ZoneId zone = ZoneId.of("Europe/Berlin");
    CronTimes times = CronTimes.parse("*/15 * * * *", zone);
    for (String day : List.of("2026-03-29", "2026-10-25")) {
      Instant begin = LocalDateTime.parse(day + "T00:00").atZone(zone).toInstant();
      List<Instant> expected = new ArrayList<>();
      for (Instant at = begin; at.isBefore(begin.plusSeconds(90_000)); at = at.plusSeconds(900)) {
        expected.add(at);
      }
      assertEquals(expected, between(times, begin.minusSeconds(1), begin.plusSeconds(90_000 - 1)));
    }
  }

  @Test
  void aDayThatNeverComesIsNever() {
    assertNull(CronTimes.parse("0 0 30 2 *", ZoneId.of("UTC")).next(Instant.EPOCH));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "* * * *",
        "* * * * * * *",
        "60 * * * *",
        "0 24 * * *",
        "0 0 0 * *",
        "0 0 * 13 *",
        "0 0 * * 8",
        "*/0 * * * *",
        "5-1 * * * *",
        "0 0 L * *",
        "@reboot",
        "x y z a b",
        "0 0 * * MOON",
        "99999999999 * * * *"
      })
  void whatIsNoneIsRefusedWithWhatToWrite(String cron) {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> CronTimes.parse(cron, ZoneId.of("UTC")));
    assertTrue((refused.getMessage() + "").contains("five fields"), refused.getMessage());
  }
}

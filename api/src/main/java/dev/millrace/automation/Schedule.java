package dev.millrace.automation;

import dev.millrace.json.JsonNumber;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonString;
import dev.millrace.pipeline.Problem;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * When to run what.
 *
 * @param spec as it was given
 * @param start nothing is due before; null for no bound
 * @param end nothing is due from then on; null for no bound
 * @param catchUpLimit with {@link CatchUp#ALL}, so many at most are made up for at once
 */
record Schedule(
    String name,
    JsonObject spec,
    Target target,
    CronTimes times,
    CatchUp catchUp,
    int catchUpLimit,
    boolean paused,
    @Nullable Instant start,
    @Nullable Instant end) {
  private static final int USUAL_CATCH_UP = 100;

  /**
   * Reads a schedule.
   *
   * @param spec in the form of the contract
   * @param problems gets what else is wrong with it
   * @return null if it cannot be used
   */
  static @Nullable Schedule read(String name, JsonObject spec, List<Problem> problems) {
    ZoneId zone = zone(Read.text(spec, "timeZone", "UTC"), problems);
    CronTimes times = times(Read.text(spec, "cron", ""), zone, problems);
    Target target = Target.read(spec, problems);
    Instant start = Read.instant(spec, "start");
    Instant end = Read.instant(spec, "end");
    if (start != null && end != null && !start.isBefore(end)) {
      problems.add(new Problem("bad-end", "/end", "the end must be after the start"));
    }
    if (times == null) {
      return null;
    }
    Double limit = Read.number(spec, "catchUpLimit");
    return new Schedule(
        name,
        spec,
        target,
        times,
        CatchUp.of(Read.text(spec, "catchUp", "latest")),
        limit == null ? USUAL_CATCH_UP : limit.intValue(),
        Read.flag(spec, "paused"),
        start,
        end);
  }

  private static ZoneId zone(String name, List<Problem> problems) {
    try {
      return ZoneId.of(name);
    } catch (DateTimeException e) {
      problems.add(
          new Problem(
              "unknown-time-zone",
              "/timeZone",
              "there is no time zone \"" + name + "\"; write one such as Europe/Berlin or UTC"));
      return ZoneOffset.UTC;
    }
  }

  private static @Nullable CronTimes times(String cron, ZoneId zone, List<Problem> problems) {
    try {
      CronTimes times = CronTimes.parse(cron, zone);
      if (times.next(Instant.EPOCH) == null) {
        problems.add(
            new Problem("never-due", "/cron", "\"" + cron + "\" names a day that never comes"));
      }
      return times;
    } catch (IllegalArgumentException e) {
      problems.add(new Problem("bad-cron", "/cron", e.getMessage() + ""));
      return null;
    }
  }

  /** Returns whether other instants are due than by {@code other}. */
  boolean differsInTimes(Schedule other) {
    for (String member : List.of("cron", "timeZone", "start", "end", "paused")) {
      if (!Objects.equals(spec.get(member), other.spec.get(member))) {
        return true;
      }
    }
    return false;
  }

  /** Returns the first instant behind {@code after} at which a run is due, or null. */
  @Nullable Instant next(Instant after) {
    Instant from =
        start == null || after.isAfter(start.minusMillis(1)) ? after : start.minusMillis(1);
    Instant next = paused ? null : times.next(from);
    return next == null || (end != null && !next.isBefore(end)) ? null : next;
  }

  /**
   * Returns the launch for an instant.
   *
   * @param by who set the schedule up
   */
  Launch launch(Instant at, String by) {
    return launch(at, by, name + "/" + at, Map.of(Launch.SCHEDULED_FOR, at.toString()), true);
  }

  /**
   * Returns a launch for no scheduled instant.
   *
   * @param key the same for launches that are the same
   */
  Launch launchNow(Instant now, String by, String key) {
    return launch(now, by, name + "/now/" + key, Map.of(), false);
  }

  private Launch launch(
      Instant at, String by, String cause, Map<String, String> more, boolean scheduled) {
    Map<String, String> labels = new LinkedHashMap<>(target.labels());
    labels.putAll(more);
    return new Launch(
        "schedule/" + cause,
        by,
        target.pipeline(),
        target.params().fill(cause(at)),
        labels,
        Map.entry(Launch.SCHEDULE, name),
        scheduled ? target.overlap() : Overlap.ALLOW);
  }

  private JsonObject cause(Instant at) {
    return JsonObject.of(
        Map.of(
            "schedule", new JsonString(name),
            "time", new JsonString(at.toString()),
            "millis", new JsonNumber(at.toEpochMilli())));
  }
}

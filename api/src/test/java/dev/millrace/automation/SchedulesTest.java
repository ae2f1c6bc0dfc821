package dev.millrace.automation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.journal.InMemoryDefinitions;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonReader;
import dev.millrace.json.JsonString;
import dev.millrace.pipeline.Problem;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class SchedulesTest {
  private static final Instant START = Instant.parse("2026-01-01T00:30:00Z");

  private final InMemoryDefinitions store = new InMemoryDefinitions();
  private final FakeLauncher launcher = new FakeLauncher();
  private final List<String> warnings = new ArrayList<>();
  private Instant now = START;
  private Schedules schedules = open();

  private Schedules open() {
    return new Schedules(store, launcher, () -> now, warnings::add);
  }

  private void put(String more) throws IOException {
    assertEquals(List.of(), problems("{\"cron\": \"@hourly\", \"pipeline\": \"p\"" + more + "}"));
  }

  private List<Problem> problems(String spec) throws IOException {
    return schedules.put("s", (JsonObject) JsonReader.read(spec), "me");
  }

  private Schedules.View view() {
    return Objects.requireNonNull(schedules.find("s", 3));
  }

  private void tickAt(String time) {
    now = Instant.parse("2026-01-" + time + ":00Z");
    schedules.tick();
  }

  @Test
  void eachTimeIsOneRun() throws IOException {
    put(", \"paramsFrom\": {\"day\": \"/time\"}, \"labels\": {\"team\": \"a\"}");
    tickAt("01T00:59");
    assertEquals(List.of(), launcher.times());
    tickAt("01T01:00");
    tickAt("01T01:00");
    tickAt("01T01:01");
    tickAt("01T02:00");
    assertEquals(List.of("2026-01-01T01:00:00Z", "2026-01-01T02:00:00Z"), launcher.times());
    Launch launch = launcher.started.values().iterator().next();
    assertEquals("schedule/s/2026-01-01T01:00:00Z", launch.cause());
    assertEquals(Map.of("day", new JsonString("2026-01-01T01:00:00Z")), launch.params());
    assertEquals("a", launch.labels().get("team"));
    assertEquals(Map.entry("schedule", "s"), launch.origin());
    assertEquals("me", launch.by());
  }

  @Test
  void aMachineThatSleptMakesUpAsItIsTold() throws IOException {
    put("");
    tickAt("01T10:20");
    assertEquals(List.of("2026-01-01T10:00:00Z"), launcher.times());
    launcher.started.clear();

    put(", \"catchUp\": \"skip\"");
    tickAt("01T12:20");
    assertEquals(List.of(), launcher.times());
    Failing failing = view().failing();
    assertNotNull(failing);
    assertTrue(failing.why().contains("2026-01-01T11:00:00Z"), failing.why());
    tickAt("01T13:00");
    assertEquals(List.of("2026-01-01T13:00:00Z"), launcher.times());
    launcher.started.clear();

    put(", \"catchUp\": \"all\", \"catchUpLimit\": 3");
    tickAt("01T15:10");
    tickAt("11T15:10");
    assertEquals(
        List.of(
            "2026-01-01T14:00:00Z",
            "2026-01-01T15:00:00Z",
            "2026-01-11T13:00:00Z",
            "2026-01-11T14:00:00Z",
            "2026-01-11T15:00:00Z"),
        launcher.times());
  }

  @Test
  void decadesOfSecondsAreNotWalkedThrough() throws IOException {
    schedules.put(
        "s",
        (JsonObject)
            JsonReader.read(
                "{\"cron\": \"* * * * * *\", \"pipeline\": \"p\", \"catchUp\": \"all\"}"),
        "me");
    now = Instant.parse("2046-01-01T00:00:00Z");
    schedules.tick();
    assertEquals(100, launcher.started.size());
    assertTrue(launcher.times().contains("2046-01-01T00:00:00Z"));
  }

  @Test
  void aClockThatIsSetBackIsWaitedFor() throws IOException {
    put("");
    tickAt("01T03:00");
    tickAt("01T01:59");
    tickAt("01T02:00");
    tickAt("01T03:00");
    assertEquals(List.of("2026-01-01T03:00:00Z"), launcher.times());
    tickAt("01T04:00");
    assertEquals(2, launcher.started.size());
  }

  @Test
  void aClockThatWasFarAheadIsNotWaitedFor() throws IOException {
    put("");
    tickAt("01T01:00");
    tickAt("20T05:00");
    tickAt("01T01:59");
    tickAt("01T02:00");
    tickAt("01T02:01");
    tickAt("01T03:00");
    assertEquals(
        List.of(
            "2026-01-01T01:00:00Z",
            "2026-01-20T05:00:00Z",
            "2026-01-01T02:00:00Z",
            "2026-01-01T03:00:00Z"),
        launcher.times());
    tickAt("20T05:00");
    assertEquals(4, launcher.started.size());
  }

  /** Dies at each launch, before or after it is durable, and goes on. */
  @Test
  void eachTimeIsOneRunWheneverTheProcessDies() throws IOException {
    for (boolean after : new boolean[] {false, true}) {
      for (int launches = 0; launches < 6; launches++) {
        launcher.started.clear();
        now = START;
        schedules.delete("s");
        put(", \"catchUp\": \"all\"");
        launcher.livesFor = launches;
        launcher.diesAfter = after;
        now = START.plus(Duration.ofHours(3));
        if (launches < 3) {
          assertThrows(FakeLauncher.Death.class, schedules::tick);
        }
        schedules = open();
        launcher.livesFor = -1;
        now = START.plus(Duration.ofHours(4));
        schedules.tick();
        schedules = open();
        schedules.tick();
        assertEquals(
            List.of(
                "2026-01-01T01:00:00Z",
                "2026-01-01T02:00:00Z",
                "2026-01-01T03:00:00Z",
                "2026-01-01T04:00:00Z"),
            launcher.times());
      }
    }
    assertEquals(List.of(), warnings);
  }

  @Test
  void whatCannotBeRecordedNowIsTriedAgain() throws IOException {
    put("");
    launcher.fails = 2;
    tickAt("01T01:00");
    tickAt("01T01:01");
    assertEquals(2, warnings.size());
    tickAt("01T01:02");
    assertEquals(List.of("2026-01-01T01:00:00Z"), launcher.times());
  }

  @Test
  void whatIsNotStartedIsTold() throws IOException {
    put("");
    launcher.answers.add(new Launched.Overlapping("r1"));
    tickAt("01T01:00");
    Failing failing = view().failing();
    assertNotNull(failing);
    assertEquals("run r1 still went on at 2026-01-01T01:00:00Z", failing.why());
    schedules = open();
    assertEquals(failing, view().failing());
    tickAt("01T01:01");
    assertEquals(List.of(), launcher.times());
  }

  @Test
  void pausesAndBoundsHold() throws IOException {
    put(", \"paused\": true");
    tickAt("01T02:00");
    assertEquals(List.of(), view().next());
    put("");
    tickAt("01T02:30");
    assertEquals(List.of(), launcher.times());
    long start = Instant.parse("2026-01-01T05:00:00Z").toEpochMilli();
    put(", \"start\": " + start + ", \"end\": " + (start + 3_600_000));
    assertEquals(List.of(Instant.ofEpochMilli(start)), view().next());
    tickAt("01T04:00");
    tickAt("01T05:00");
    tickAt("01T06:00");
    assertEquals(List.of("2026-01-01T05:00:00Z"), launcher.times());
  }

  @Test
  void aChangeOfParametersMissesNoTime() throws IOException {
    put("");
    now = Instant.parse("2026-01-01T01:00:00Z");
    put(", \"params\": {\"a\": 1}");
    schedules.tick();
    assertEquals(List.of("2026-01-01T01:00:00Z"), launcher.times());
  }

  @Test
  void allProblemsAreToldAtOnce() throws IOException {
    List<Problem> problems =
        problems(
            """
            {"cron": "0 0 30 2 *", "timeZone": "Mars", "pipeline": "unknown", "start": 2, "end": 1,
             "params": {"a": 1}, "paramsFrom": {"a": "/x", "b": "x"}}\
            """);
    assertEquals(
        List.of(
            "unknown-time-zone",
            "never-due",
            "param-twice",
            "bad-pointer",
            "bad-end",
            "unknown-pipeline"),
        problems.stream().map(Problem::code).toList());
    assertFalse(schedules.delete("s"));
  }

  @Test
  void aRunThatIsAskedForIsOneForItsKey() throws IOException {
    put("");
    schedules.runNow("s", "you", "k");
    schedules.runNow("s", "you", "k");
    schedules.runNow("s", "you", "l");
    assertEquals(2, launcher.started.size());
    assertEquals("you", launcher.started.values().iterator().next().by());
  }
}

package dev.millrace.automation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.journal.InMemoryDefinitions;
import dev.millrace.json.JsonNumber;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonReader;
import dev.millrace.json.JsonString;
import dev.millrace.json.JsonText;
import dev.millrace.pipeline.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TriggersTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final String SECRET = "whsec_" + "AAAA".repeat(8);

  @TempDir private Path folder;
  private final InMemoryDefinitions store = new InMemoryDefinitions();
  private final FakeLauncher launcher = new FakeLauncher();
  private final FakeRuns runs = new FakeRuns();
  private final List<String> warnings = new ArrayList<>();
  private Instant now = START;
  private Triggers triggers;
  private TriggerWatch watch;

  @BeforeEach
  void open() throws IOException {
    SecretBox box = SecretBox.open(folder.resolve("key"));
    triggers = new Triggers(store, launcher, box, () -> now, warnings::add);
    watch = new TriggerWatch(store, triggers, runs, launcher, () -> now, warnings::add);
    watch.begin();
  }

  private Triggers.Put put(String name, String spec) throws IOException {
    return triggers.put(name, (JsonObject) JsonReader.read(spec), "me");
  }

  private void good(String name, String spec) throws IOException {
    assertEquals(List.of(), put(name, spec).problems());
  }

  private static String sign(String secret, String signed) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(WebhookSignature.secret(secret), "HmacSHA256"));
    byte[] hash = mac.doFinal(signed.getBytes(StandardCharsets.UTF_8));
    return "v1," + Base64.getEncoder().encodeToString(hash);
  }

  private Triggers.Received receive(String name, String secret, String id, String body)
      throws Exception {
    String time = Long.toString(now.getEpochSecond());
    String signature = sign(secret, id + "." + time + "." + body);
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    return triggers.receive(name, new WebhookSignature.Message(id, time, signature, bytes));
  }

  @Test
  void aMessageIsOneRunWithWhatItSays() throws Exception {
    good(
        "w",
        """
        {"type": "webhook", "pipeline": "p", "secrets": ["%s"], "params": {"a": 1},
         "paramsFrom": {"commit": "/commits/0/id", "none": "/commits/7"}}\
        """
            .formatted(SECRET));
    String body = "{\"commits\": [{\"id\": \"abc\"}]}";
    assertInstanceOf(Triggers.Received.Taken.class, receive("w", SECRET, "m1", body));
    open();
    assertInstanceOf(Triggers.Received.Taken.class, receive("w", SECRET, "m1", body));
    assertEquals(1, launcher.started.size());
    Launch launch = launcher.started.values().iterator().next();
    assertEquals("trigger/w/m1", launch.cause());
    assertEquals(Map.of("a", new JsonNumber(1), "commit", new JsonString("abc")), launch.params());
    assertInstanceOf(Triggers.Received.Unreadable.class, receive("w", SECRET, "m2", "{"));
    String other = "whsec_" + "BBBB".repeat(8);
    assertInstanceOf(Triggers.Received.Unsigned.class, receive("w", other, "m2", body));
    assertInstanceOf(Triggers.Received.Unsigned.class, receive("x", SECRET, "m2", body));
    assertEquals(1, launcher.started.size());
  }

  @Test
  void secretsAreSealedAndShownOnceOnly() throws Exception {
    good(
        "given", "{\"type\": \"webhook\", \"pipeline\": \"p\", \"secrets\": [\"" + SECRET + "\"]}");
    Triggers.Put made = put("made", "{\"type\": \"webhook\", \"pipeline\": \"p\"}");
    String secret = Objects.requireNonNull(made.newSecret());
    assertNull(put("made", "{\"type\": \"webhook\", \"pipeline\": \"q\"}").newSecret());
    for (String name : List.of("given", "made")) {
      String kept = store.find("trigger", name).orElseThrow();
      String shown = JsonText.compact(Objects.requireNonNull(triggers.find(name)).spec());
      assertFalse(kept.contains(SECRET) || kept.contains("AAAAAAAA"), kept);
      assertFalse(kept.contains(secret), kept);
      assertFalse(shown.contains("whsec_"), shown);
    }
    open();
    assertInstanceOf(Triggers.Received.Taken.class, receive("made", secret, "m", ""));
    Path key = folder.resolve("key");
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(key)));
    Files.delete(key);
    open();
    assertInstanceOf(Triggers.Received.Unsigned.class, receive("made", secret, "m", ""));
    assertEquals(1, warnings.size());
    Files.write(key, new byte[3]);
    assertThrows(IOException.class, this::open);
  }

  @Test
  void anEventStartsARunOnceOverAllLives() throws Exception {
    good(
        "release",
        """
        {"type": "event", "pipeline": "release", "paramsFrom": {"result": "/data/result"},
         "when": {"types": ["dev.millrace.run.finished"], "pipeline": "train",
                  "labels": {"team": "a"}, "where": {"/data/result": "succeeded"}}}\
        """);
    runs.submit("r1", "train", START, Map.of("team", "a"));
    runs.submit("r2", "train", START, Map.of("team", "b"));
    runs.submit("r3", "other", START, Map.of("team", "a"));
    runs.submit("r4", "train", START, Map.of("team", "a"));
    for (String run : List.of("r1", "r2", "r3", "r4")) {
      for (int i = 0; i < 5; i++) {
        runs.add(run, START, "task.queued", "{}");
      }
      runs.end(run, START, run.equals("r4") ? "failed" : "succeeded");
      watch.notice(run);
    }
    watch.tick();
    watch.notice("r1");
    watch.tick();
    open();
    watch.tick();
    assertEquals(List.of("trigger/release/r1/6"), List.copyOf(launcher.started.keySet()));
    Launch launch = launcher.started.values().iterator().next();
    assertEquals("r1", launch.labels().get(Launch.CAUSED_BY));
    assertEquals("1", launch.labels().get(Launch.DEPTH));
    assertEquals(Map.of("result", new JsonString("succeeded")), launch.params());
  }

  /** A process that dies before it has looked, while a run goes on, and while it starts one. */
  @Test
  void noEventIsMissedWheneverTheProcessDies() throws Exception {
    good(
        "t",
        "{\"type\": \"event\", \"pipeline\": \"p\", \"when\": {\"types\":"
            + " [\"dev.millrace.run.finished\"]}}");
    watch.tick();
    runs.submit("long", "a", START, Map.of());
    runs.add("long", START, "run.accepted", "{}");
    watch.notice("long");
    watch.tick();
    now = START.plusSeconds(3_600);
    watch.notice("long");
    watch.tick();
    runs.submit("short", "a", now, Map.of());
    runs.end("short", now, "succeeded");
    runs.end("long", now, "failed");
    open();
    launcher.livesFor = 0;
    launcher.diesAfter = true;
    assertThrows(FakeLauncher.Death.class, watch::tick);
    open();
    launcher.livesFor = -1;
    watch.tick();
    assertEquals(2, launcher.started.size(), launcher.started::toString);
    int reads = runs.reads;
    now = START.plusSeconds(7_200);
    runs.submit("later", "a", now, Map.of());
    watch.notice("later");
    watch.tick();
    open();
    watch.tick();
    assertTrue(runs.reads < reads + 20);
    assertEquals(2, launcher.started.size());
  }

  /** A run that is taken up again long after, by a process that dies at once. */
  @Test
  void aRunThatGoesOnAgainIsNotMissed() throws Exception {
    runs.submit("old", "a", START, Map.of());
    runs.end("old", START, "failed");
    now = START.plusSeconds(86_400);
    good(
        "t",
        "{\"type\": \"event\", \"pipeline\": \"p\", \"when\": {\"types\":"
            + " [\"dev.millrace.run.finished\"]}}");
    watch.tick();
    watch.expect("old");
    runs.end("old", now, "succeeded");
    open();
    watch.tick();
    assertEquals(List.of("trigger/t/old/2"), List.copyOf(launcher.started.keySet()));
  }

  @Test
  void whatCannotBeDoneNowIsDoneLater() throws Exception {
    good(
        "t",
        "{\"type\": \"event\", \"pipeline\": \"p\", \"when\": {\"types\":"
            + " [\"dev.millrace.run.finished\"]}}");
    runs.submit("r", "a", START, Map.of());
    runs.end("r", START, "failed");
    runs.fails = 1;
    launcher.fails = 1;
    watch.notice("r");
    watch.tick();
    watch.tick();
    assertEquals(0, launcher.started.size());
    watch.tick();
    assertEquals(1, launcher.started.size());
    assertEquals(2, warnings.size());
  }

  @Test
  void aMetricBeyondItsBoundStartsARun() throws Exception {
    good(
        "drift",
        """
        {"type": "metric", "pipeline": "p", "paramsFrom": {"drift": "/data/result/metrics/drift"},
         "when": {"metric": "drift", "above": 0.2, "where": {"/data/task": "check"}}}\
        """);
    runs.submit("r", "monitor", START, Map.of());
    String data = "{\"result\": {\"metrics\": {\"drift\": %s}}, \"task\": \"%s\"}";
    runs.add("r", START, "task.succeeded", data.formatted("0.2", "check"));
    runs.add("r", START, "task.succeeded", data.formatted("0.3", "other"));
    runs.add("r", START, "task.cached", data.formatted("0.3", "check"));
    runs.add("r", START, "task.succeeded", data.formatted("0.3", "check"));
    watch.notice("r");
    watch.tick();
    assertEquals(List.of("trigger/drift/r/4"), List.copyOf(launcher.started.keySet()));
    assertEquals(
        Map.of("drift", new JsonNumber(0.3)), launcher.started.values().iterator().next().params());
  }

  @Test
  void aCircleEnds() throws Exception {
    good(
        "again",
        "{\"type\": \"event\", \"pipeline\": \"a\", \"when\": {\"types\":"
            + " [\"dev.millrace.run.finished\"]}}");
    runs.submit("r0", "a", START, Map.of());
    for (int i = 0; i < 20 && launcher.started.size() == i; i++) {
      runs.end("r" + i, START, "succeeded");
      watch.notice("r" + i);
      watch.tick();
      if (launcher.started.size() > i) {
        Launch last = List.copyOf(launcher.started.values()).getLast();
        runs.submit("r" + (i + 1), "a", START, last.labels());
      }
    }
    assertEquals(Trigger.DEEPEST, launcher.started.size());
    assertNotNull(Objects.requireNonNull(triggers.find("again")).failing());
  }

  @Test
  void eventsBeforeATriggerAreNotItsOwn() throws Exception {
    runs.submit("r", "a", START, Map.of());
    runs.end("r", START, "succeeded");
    now = START.plusSeconds(1);
    good(
        "t",
        "{\"type\": \"event\", \"pipeline\": \"p\", \"when\": {\"types\":"
            + " [\"dev.millrace.run.finished\"]}}");
    watch.notice("r");
    watch.tick();
    open();
    watch.tick();
    assertEquals(0, launcher.started.size());
  }

  @Test
  void allProblemsAreToldAtOnce() throws Exception {
    List<Problem> problems =
        put(
                "t",
                """
                {"type": "event", "pipeline": "unknown", "secrets": ["x"],
                 "when": {"types": ["run.finished"], "where": {"x": 1}}}\
                """)
            .problems();
    assertEquals(
        List.of("unknown-type", "bad-pointer", "no-secrets", "unknown-pipeline", "bad-secret"),
        problems.stream().map(Problem::code).toList());
    assertEquals(
        List.of("missing-field", "missing-field"),
        put("t", "{\"type\": \"metric\", \"pipeline\": \"p\"}").problems().stream()
            .map(Problem::code)
            .toList());
    assertNull(triggers.find("t"));
  }
}

package dev.millrace.cli;

import static dev.millrace.cli.ServerClient.json;
import static dev.millrace.cli.ServerClient.list;
import static dev.millrace.cli.ServerClient.member;
import static dev.millrace.cli.ServerClient.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.digest.Digest;
import dev.millrace.http.MillraceServer;
import dev.millrace.json.JsonArray;
import dev.millrace.json.JsonNumber;
import dev.millrace.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Registered pipelines, schedules and triggers, as clients see them. */
class AutomationTest {
  private static final String SECRET = "whsec_" + "AAAA".repeat(8);

  @TempDir private Path state;
  private MillraceServer server;
  private ServerClient client;
  private boolean open;

  @BeforeEach
  void start() throws IOException {
    server = ServerClient.server(state);
    client = new ServerClient(server.port());
    open = true;
  }

  /** Once: it may be that a test could not start it again. */
  @AfterEach
  void stop() throws IOException {
    if (open) {
      open = false;
      client.close();
      server.close();
    }
  }

  private static String document(String name, String script) {
    return """
    {"version": 1, "name": "%s", "params": {"who": {"type": "string", "default": "you"}, "n": {"type": "integer"}},
     "steps": {"greet": {"script": "%s"}}}\
    """
        .formatted(name, script);
  }

  private static final String GREET = "echo ${{ params.who }} ${{ params.n }}";

  private HttpResponse<String> register(String name, String script) {
    return put("/v1/pipelines/" + name, "{\"pipeline\": " + document(name, script) + "}");
  }

  private HttpResponse<String> put(String path, String body) {
    return client.send("PUT", path, body);
  }

  private static JsonObject ok(int status, HttpResponse<String> response) {
    assertEquals(status, response.statusCode(), response.body());
    return status == 204 ? JsonObject.EMPTY : json(response);
  }

  @Test
  void aPipelineIsRegisteredRunByItsNameAndForgotten() throws IOException {
    JsonObject first = ok(200, register("p", GREET));
    JsonObject second = ok(200, register("p", "true"));
    String reference = text(first, "reference");
    assertTrue(reference.matches("p@[0-9a-f]{12}"), reference);
    assertNotEquals(text(first, "version"), text(second, "version"));
    stop();
    start();

    String asked = "{\"pipeline\": \"%s\", \"params\": {\"n\": 1}}".formatted(reference);
    JsonObject run = ok(202, client.send("POST", "/v1/runs", asked));
    assertEquals(reference, text(member(run, "labels"), "pipeline-version"));
    client.awaitStatus(text(run, "run"), "succeeded");
    String log = "/v1/runs/" + text(run, "run") + "/tasks/greet/log";
    assertEquals("you 1\n", client.send("GET", log, "").body());
    String named = "{\"pipeline\": \"p\", \"params\": {\"n\": 1}}";
    JsonObject latest = ok(202, client.send("POST", "/v1/runs", named));
    assertEquals(text(second, "reference"), text(member(latest, "labels"), "pipeline-version"));

    JsonObject shown = client.get("/v1/pipelines/p?limit=1");
    assertEquals(text(second, "version"), text(list(shown, "versions").getFirst(), "version"));
    JsonObject rest = client.get("/v1/pipelines/p?limit=1&cursor=" + text(shown, "next"));
    assertEquals(text(first, "version"), text(list(rest, "versions").getFirst(), "version"));
    JsonObject whole = client.get("/v1/pipelines/p/versions/" + text(first, "version"));
    assertEquals("p", text(member(whole, "pipeline"), "name"));
    assertEquals(1, list(client.get("/v1/pipelines"), "pipelines").size());

    String path = "/v1/pipelines/p/versions/" + text(first, "version");
    ok(204, client.send("DELETE", path, ""));
    ok(404, client.send("GET", path, ""));
    ok(422, client.send("POST", "/v1/runs", asked));
    ok(204, client.send("DELETE", "/v1/pipelines/p", ""));
    ok(404, client.send("DELETE", "/v1/pipelines/p", ""));
  }

  @Test
  void theSameKeyMeansTheVersionOfTheFirstTime() {
    ok(200, register("p", GREET));
    String asked = "{\"pipeline\": \"p\", \"params\": {\"n\": 1}}";
    JsonObject run = ok(202, client.send("POST", "/v1/runs", asked, "Idempotency-Key", "k"));
    ok(200, register("p", "true"));
    JsonObject again = ok(202, client.send("POST", "/v1/runs", asked, "Idempotency-Key", "k"));
    assertEquals(text(run, "run"), text(again, "run"));
  }

  @Test
  void whatCannotBeRunIsNotRegistered() {
    HttpResponse<String> refused =
        put(
            "/v1/pipelines/other",
            """
            {"pipeline": {"version": 1, "name": "p", "steps": {"a": {"script": "${{ params.none }}"},
               "b": {"needs": ["c"], "script": "true"}}},
             "sources": {"x": {"digest": "sha256:%s", "size": 1}}}\
            """
                .formatted("0".repeat(64)));
    List<String> codes =
        list(ok(422, refused), "problems").stream().map(one -> text(one, "code")).toList();
    assertTrue(codes.contains("other-name") && codes.contains("source-missing"), refused.body());
    assertTrue(codes.size() >= 4, refused.body());
    ok(400, put("/v1/pipelines/p", "{\"pipeline\": {}, \"more\": 1}"));
    ok(404, client.send("GET", "/v1/pipelines/other", ""));
    ok(400, put("/v1/pipelines/..x", "{\"pipeline\": {}}"));
  }

  @Test
  void aCollectionLeavesWhatIsRegistered() throws Exception {
    String digest = Digest.of("1 2 3").text();
    client.send("PUT", "/v1/blobs/" + digest, "1 2 3");
    String document =
        """
        {"version": 1, "name": "reads", "steps": {
           "read": {"inputs": {"data": {"path": "data.txt"}}, "script": "cat inputs/data"}}}\
        """;
    ok(
        200,
        put(
            "/v1/pipelines/reads",
            "{\"pipeline\": %s, \"sources\": {\"data.txt\": {\"digest\": \"%s\", \"size\": 5}}}"
                .formatted(document, digest)));
    client.send("PUT", "/v1/blobs/" + Digest.of("other").text(), "other");
    stop();
    try (MillraceProcess gc =
        MillraceProcess.start(state, "cache", "gc", "--keep-runs", "1", "--state", ".")) {
      assertEquals(0, gc.exitCode(), gc.output());
    }
    start();
    JsonObject run = ok(202, client.send("POST", "/v1/runs", "{\"pipeline\": \"reads\"}"));
    client.awaitStatus(text(run, "run"), "succeeded");
    String other = "/v1/blobs/" + Digest.of("other").text();
    assertEquals(404, client.send("GET", other, "").statusCode());
  }

  @Test
  void aScheduleStartsRunsAndShowsThem() {
    ok(200, register("p", GREET));
    String spec =
        """
        {"cron": "* * * * * *", "pipeline": "p", "params": {"n": 7}, "paramsFrom": {"who": "/time"},
         "labels": {"team": "a"}, "overlap": "skip"}\
        """;
    JsonObject set = ok(200, put("/v1/schedules/tick", spec));
    assertEquals(5, set.get("next") instanceof JsonArray next ? next.elements().size() : 0);
    MillraceProcess.await(
        "two have run", () -> list(client.get("/v1/schedules/tick"), "lastRuns").size() >= 2);
    JsonObject run = list(client.get("/v1/schedules/tick"), "lastRuns").getLast();
    client.awaitStatus(text(run, "run"), "succeeded");
    JsonObject labels = member(run, "labels");
    assertEquals("a", text(labels, "team"));
    assertEquals("tick", text(labels, "schedule"));
    String time = text(labels, "scheduled-for");
    assertEquals("schedule/tick/" + time, text(labels, "cause"));
    String log = "/v1/runs/" + text(run, "run") + "/tasks/greet/log";
    assertEquals(time + " 7\n", client.send("GET", log, "").body());

    ok(200, put("/v1/schedules/tick", spec.replace("\"cron\"", "\"paused\": true, \"cron\"")));
    JsonObject now =
        ok(202, client.send("POST", "/v1/schedules/tick/run", "", "Idempotency-Key", "k"));
    JsonObject same =
        ok(202, client.send("POST", "/v1/schedules/tick/run", "", "Idempotency-Key", "k"));
    assertEquals(text(now, "run"), text(same, "run"));
    assertEquals(1, list(client.get("/v1/schedules"), "schedules").size());
    ok(204, client.send("DELETE", "/v1/schedules/tick", ""));
    ok(404, client.send("POST", "/v1/schedules/tick/run", ""));
  }

  @Test
  void whatIsWrongWithAScheduleIsToldAtOnce() {
    ok(200, register("p", GREET));
    HttpResponse<String> refused =
        put(
            "/v1/schedules/s",
            """
            {"cron": "61 * * * *", "timeZone": "Mars", "pipeline": "p", "params": {"n": "x", "m": 1},
             "paramsFrom": {"o": "/time"}, "labels": {"cause": "x"}}\
            """);
    List<String> codes =
        list(ok(422, refused), "problems").stream().map(one -> text(one, "code")).sorted().toList();
    assertEquals(
        List.of(
            "bad-cron",
            "bad-param",
            "label-reserved",
            "unknown-param",
            "unknown-param",
            "unknown-time-zone"),
        codes);
    ok(422, put("/v1/schedules/s", "{\"cron\": \"@daily\", \"pipeline\": \"p\"}"));
    ok(422, put("/v1/schedules/s", "{\"cron\": \"@daily\", \"pipeline\": \"q\"}"));
    ok(400, put("/v1/schedules/s", "{\"cron\": \"@daily\", \"pipeline\": \"p\", \"x\": 1}"));
  }

  private HttpResponse<String> hook(String name, String id, Instant at, String body)
      throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    byte[] secret = Base64.getDecoder().decode(SECRET.substring(6));
    mac.init(new SecretKeySpec(secret, "HmacSHA256"));
    String signed = id + "." + at.getEpochSecond() + "." + body;
    byte[] hash = mac.doFinal(signed.getBytes(StandardCharsets.UTF_8));
    String signature = "v1," + Base64.getEncoder().encodeToString(hash);
    String time = Long.toString(at.getEpochSecond());
    // As the webhooks of another server send it.
    return client.sendAs(
        "POST",
        "/v1/hooks/" + name,
        body,
        "Content-Type",
        "application/cloudevents+json",
        "webhook-id",
        id,
        "webhook-timestamp",
        time,
        "webhook-signature",
        signature);
  }

  @Test
  void aSignedMessageStartsOneRun() throws Exception {
    ok(200, register("p", GREET));
    JsonObject set =
        ok(
            200,
            put(
                "/v1/triggers/push",
                """
                {"type": "webhook", "pipeline": "p", "secrets": ["%s"],
                 "paramsFrom": {"who": "/user/name", "n": "/n"}}\
                """
                    .formatted(SECRET)));
    assertEquals(new JsonNumber(1), set.get("secrets"));
    String body = "{\"user\": {\"name\": \"ada\"}, \"n\": 3}";
    Instant now = Instant.now();
    String run = text(ok(202, hook("push", "m1", now, body)), "run");
    client.awaitStatus(run, "succeeded");
    assertEquals("ada 3\n", client.send("GET", "/v1/runs/" + run + "/tasks/greet/log", "").body());
    stop();
    start();
    assertEquals(run, text(ok(202, hook("push", "m1", now, body)), "run"));
    ok(422, hook("push", "m2", now, "{\"n\": \"x\"}"));
    ok(400, hook("push", "m3", now, "{"));
    ok(401, hook("push", "m4", now.minusSeconds(400), body));
    ok(401, hook("other", "m4", now, body));
    ok(400, client.send("POST", "/v1/hooks/push", body));
    ok(413, hook("push", "m5", now, "\"" + "x".repeat(1 << 20) + "\""));
    JsonObject shown = client.get("/v1/triggers/push");
    assertEquals(1, list(shown, "lastRuns").size());
    assertFalse(client.send("GET", "/v1/triggers/push", "").body().contains("whsec_"));
    assertTrue(text(member(shown, "notStarted"), "why").contains("bad-param"));
  }

  @Test
  void runsAndMetricsStartOtherRuns() throws IOException {
    ok(200, register("release", GREET));
    ok(200, register("retrain", GREET));
    ok(
        200,
        put(
            "/v1/triggers/release",
            """
            {"type": "event", "pipeline": "release", "params": {"n": 1}, "paramsFrom": {"who": "/source"},
             "when": {"types": ["dev.millrace.run.finished"], "pipeline": "monitor",
                    "where": {"/data/result": "succeeded"}}}\
            """));
    ok(
        200,
        put(
            "/v1/triggers/retrain",
            """
            {"type": "metric", "pipeline": "retrain", "params": {"n": 2},
             "when": {"metric": "drift", "above": 0.2}}\
            """));
    String monitor =
        """
        {"version": 1, "name": "monitor", "steps": {"check": {
          "script": "echo '{\\"drift\\": 0.3}' > m.json", "outputs": {"m": {"path": "m.json", "kind": "metrics"}}}}}\
        """;
    String run = client.submit(monitor);
    client.awaitStatus(run, "succeeded");
    for (String name : List.of("release", "retrain")) {
      MillraceProcess.await(
          name, () -> !list(client.get("/v1/triggers/" + name), "lastRuns").isEmpty());
      JsonObject caused = list(client.get("/v1/triggers/" + name), "lastRuns").getFirst();
      client.awaitStatus(text(caused, "run"), "succeeded");
      assertEquals(run, text(member(caused, "labels"), "caused-by"));
      assertEquals("1", text(member(caused, "labels"), "cause-depth"));
    }
    stop();
    start();
    String again = client.submit(monitor);
    client.awaitStatus(again, "succeeded");
    MillraceProcess.await(
        "the second", () -> list(client.get("/v1/triggers/release"), "lastRuns").size() == 2);
    assertEquals(1, list(client.get("/v1/triggers/retrain"), "lastRuns").size());
  }

  @Test
  void whatIsGoneFromTheStoreIsAskedForAgain() throws IOException {
    JsonObject version = ok(200, register("p", GREET));
    try (Stream<Path> files = Files.walk(state.resolve("store/blobs"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.delete(file);
      }
    }
    String asked = "{\"pipeline\": \"p\", \"params\": {\"n\": 1}}";
    ok(409, client.send("POST", "/v1/runs", asked));
    ok(409, client.send("GET", "/v1/pipelines/p/versions/" + text(version, "version"), ""));
    ok(422, put("/v1/schedules/s", "{\"cron\": \"@daily\", \"pipeline\": \"p\"}"));
    ok(200, register("p", GREET));
    ok(202, client.send("POST", "/v1/runs", asked));
  }

  @Test
  void labelsOfTheServerAreItsOwn() {
    for (String label : List.of("cause", "schedule", "trigger", "pipeline-version")) {
      HttpResponse<String> refused =
          client.send(
              "POST",
              "/v1/runs",
              "{\"pipeline\": %s, \"params\": {\"n\": 1}, \"labels\": {\"%s\": \"x\"}}"
                  .formatted(document("p", GREET), label));
      ok(422, refused);
    }
  }
}

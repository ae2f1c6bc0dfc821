package dev.millrace.cli;

import static dev.millrace.cli.ServerClient.json;
import static dev.millrace.cli.ServerClient.list;
import static dev.millrace.cli.ServerClient.member;
import static dev.millrace.cli.ServerClient.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.digest.Digest;
import dev.millrace.http.MillraceServer;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonText;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server as its clients see it. */
class ServerTest {
  private static final String HELLO =
      """
      {"version": 1, "name": "hello", "steps": {
        "greet": {"script": "echo hello; echo oh >&2; echo 1 > \\"${{ outputs.x }}\\"",
                  "outputs": {"x": "x.txt"}}},
       "outputs": {"x": {"from": "greet.x"}}}\
      """;

  private static final String ENDLESS =
      """
      {"version": 1, "name": "endless", "steps": {"wait": {"script": "exec sleep 600"}}}\
      """;

  @TempDir private Path state;
  private MillraceServer server;
  private ServerClient client;

  @BeforeEach
  void start() throws IOException {
    server = ServerClient.server(state);
    client = new ServerClient(server.port());
  }

  @AfterEach
  void stop() throws IOException {
    client.close();
    server.close();
  }

  @Test
  void aRunIsSubmittedFollowedAndItsResultFetched() {
    HttpResponse<String> accepted = client.send("POST", "/v1/runs", submission(HELLO));
    assertEquals(202, accepted.statusCode(), accepted.body());
    String run = text(json(accepted), "run");
    assertEquals("/v1/runs/" + run, accepted.headers().firstValue("Location").orElseThrow());

    List<JsonObject> events = client.follow(run, 0);

    assertEquals("dev.millrace.run.accepted", text(events.getFirst(), "type"));
    assertEquals("dev.millrace.run.finished", text(events.getLast(), "type"));
    assertEquals("succeeded", client.status(run));
    String task = "/v1/runs/" + run + "/tasks/greet";
    assertEquals("succeeded", text(client.get(task), "status"));
    assertEquals("hello\n", client.send("GET", task + "/log", "").body());
    assertEquals("oh\n", client.send("GET", task + "/log?stream=stderr", "").body());
    assertEquals("ello", client.send("GET", task + "/log", "", "Range", "bytes=1-4").body());
    JsonObject outputs = member(client.get("/v1/runs/" + run + "/outputs"), "outputs");
    String digest = text(member(outputs, "x"), "digest");
    assertEquals("1\n", client.send("GET", "/v1/blobs/" + digest, "").body());

    String again = client.submit(HELLO);
    client.awaitStatus(again, "succeeded");
    assertEquals("cached", text(client.get("/v1/runs/" + again + "/tasks/greet"), "status"));
    List<JsonObject> listed = list(client.get("/v1/runs?limit=1"), "runs");
    assertEquals(List.of(again), listed.stream().map(one -> text(one, "run")).toList());
  }

  private static String submission(String pipeline) {
    return "{\"pipeline\": " + pipeline + "}";
  }

  @Test
  void whoeverWasInterruptedGoesOnBehindTheLastEventItHasSeen() {
    String run = client.submit(HELLO);
    List<JsonObject> all = client.follow(run, 0);
    for (int seen = 0; seen < all.size(); seen++) {
      assertEquals(Integer.toString(seen + 1), text(all.get(seen), "id"));
      assertEquals(all.subList(seen, all.size()), client.follow(run, seen));
    }
    assertEquals(List.of(), client.follow(run, all.size()));
    List<JsonObject> paged = new ArrayList<>();
    while (paged.size() < all.size()) {
      String path = "/v1/runs/" + run + "/events?limit=2&after=" + paged.size();
      paged.addAll(list(client.get(path), "events"));
    }
    assertEquals(all, paged);
  }

  /** A reader that takes nothing costs nobody else anything. */
  @Test
  void aStalledFollowerHoldsNobodyUp() throws IOException {
    String run = client.submit(matrix(300));
    List<Socket> stalled = new ArrayList<>();
    try {
      for (int i = 0; i < 20; i++) {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        stalled.add(socket);
        String request =
            "GET /v1/runs/"
                + run
                + "/events HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      }
      List<JsonObject> events = client.follow(run, 0);
      assertTrue(events.size() > 900, () -> events.size() + " events");
      assertEquals("succeeded", client.status(run));
    } finally {
      for (Socket socket : stalled) {
        socket.close();
      }
    }
  }

  private static String matrix(int size) {
    StringBuilder values = new StringBuilder();
    for (int i = 0; i < size; i++) {
      values.append(i == 0 ? "" : ", ").append(i);
    }
    return """
    {"version": 1, "name": "many", "steps": {"one": {"script": "true", "matrix": {"i": [%s]}}}}\
    """
        .formatted(values);
  }

  @Test
  void allProblemsOfADocumentAreToldAtOnce() {
    HttpResponse<String> refused =
        client.send(
            "POST",
            "/v1/runs",
            """
            {"pipeline": {"version": 1, "name": "bad", "steps": {
               "a": {"script": "true", "needs": ["nobody"]},
               "b": {"script": "true", "executor": "nowhere"},
               "c": {"inputs": {"data": {"path": "data.csv"}}, "script": "true"}}},
             "sources": {"other.csv": {"digest": "sha256:%s", "size": 7}}}
            """
                .formatted("ab".repeat(32)));

    assertEquals(422, refused.statusCode());
    assertEquals(
        "application/problem+json", refused.headers().firstValue("Content-Type").orElseThrow());
    Set<String> pointers = new HashSet<>();
    list(json(refused), "problems").forEach(problem -> pointers.add(text(problem, "pointer")));
    assertTrue(pointers.contains("/pipeline/steps/b/executor"), refused.body());
    assertTrue(pointers.contains("/sources/other.csv"), refused.body());
    assertTrue(pointers.size() >= 4, refused.body());
    assertEquals(List.of(), list(client.get("/v1/runs"), "runs"));
  }

  @Test
  void aSubmissionSentAgainWithItsKeyIsTheSameRun() {
    List<CompletableFuture<String>> sent = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      sent.add(CompletableFuture.supplyAsync(() -> client.submit(HELLO, "Idempotency-Key", "one")));
    }
    Set<String> runs = new HashSet<>();
    sent.forEach(one -> runs.add(one.join()));
    assertEquals(1, runs.size());

    HttpResponse<String> other =
        client.send("POST", "/v1/runs", submission(ENDLESS), "Idempotency-Key", "one");
    assertEquals(422, other.statusCode(), other.body());
    assertFalse(runs.contains(client.submit(HELLO)));
  }

  @Test
  void aRunIsCancelledAndTakenUpAgain() {
    String run = client.submit(ENDLESS);
    client.awaitStatus(run, "running");
    assertEquals(202, client.send("POST", "/v1/runs/" + run + "/cancel", "").statusCode());
    client.awaitStatus(run, "cancelled");
    assertEquals(202, client.send("POST", "/v1/runs/" + run + "/cancel", "").statusCode());

    assertEquals(202, client.send("POST", "/v1/runs/" + run + "/retry", "").statusCode());
    client.awaitStatus(run, "running");
    client.send("POST", "/v1/runs/" + run + "/cancel", "{\"force\": true}");
    client.awaitStatus(run, "cancelled");
    assertEquals(404, client.send("POST", "/v1/runs/nobody/cancel", "").statusCode());
  }

  /** What several ask at once changes nothing but the first time, and hurts no other run. */
  @Test
  void aTaskMayBeApprovedBySeveralAtOnce() {
    String other = client.submit(ENDLESS);
    String run =
        client.submit(
            """
            {"version": 1, "name": "ship", "steps": {"ship": {
               "script": "true", "approval": true, "matrix": {"i": [1, 2, 3, 4, 5, 6, 7, 8]}}}}\
            """);
    List<CompletableFuture<Integer>> answers = new ArrayList<>();
    for (int i = 1; i <= 8; i++) {
      String task = "/v1/runs/" + run + "/tasks/ship%5Bi%3D" + i + "%5D";
      MillraceProcess.await("held", () -> text(client.get(task), "status").equals("held"));
      for (int time = 0; time < 6; time++) {
        answers.add(
            CompletableFuture.supplyAsync(
                () -> client.send("POST", task + "/approve", "").statusCode()));
      }
    }

    answers.forEach(answer -> assertTrue(Set.of(200, 409).contains(answer.join())));
    client.awaitStatus(run, "succeeded");
    assertEquals(202, client.send("POST", "/v1/runs/" + other + "/cancel", "").statusCode());
    client.awaitStatus(other, "cancelled");
  }

  @Test
  void aTaskWaitsForItsApproval() {
    String pipeline =
        """
        {"version": 1, "name": "ship", "steps": {"ship": {"script": "true", "approval": true}}}\
        """;
    String run = client.submit(pipeline);
    String task = "/v1/runs/" + run + "/tasks/ship";
    MillraceProcess.await("held", () -> text(client.get(task), "status").equals("held"));

    HttpResponse<String> approved =
        client.send("POST", task + "/approve", "{\"comment\": \"fine\"}");

    assertEquals(200, approved.statusCode(), approved.body());
    client.awaitStatus(run, "succeeded");
    assertEquals("fine", text(member(client.get(task), "approval"), "comment"));
    assertEquals(409, client.send("POST", task + "/approve", "").statusCode());
  }

  @Test
  void contentIsTakenOnlyUnderItsOwnName() {
    String digest = Digest.of("data").text();
    String asked = "{\"digests\": [\"" + digest + "\"]}";
    String missing = client.send("POST", "/v1/blobs/missing", asked).body();
    assertTrue(missing.contains(digest), missing);
    assertEquals(404, client.send("GET", "/v1/blobs/" + digest, "").statusCode());

    assertEquals(422, client.send("PUT", "/v1/blobs/" + digest, "other").statusCode());
    assertEquals(400, client.send("PUT", "/v1/blobs/sha256:..", "data").statusCode());
    assertEquals(204, client.send("PUT", "/v1/blobs/" + digest, "data").statusCode());

    assertEquals("data", client.send("GET", "/v1/blobs/" + digest, "").body());
    assertEquals("ta", client.send("GET", "/v1/blobs/" + digest, "", "Range", "bytes=-2").body());
    assertEquals(
        416, client.send("GET", "/v1/blobs/" + digest, "", "Range", "bytes=9-").statusCode());
    assertEquals("{\"missing\":[]}", client.send("POST", "/v1/blobs/missing", asked).body());
  }

  @Test
  void filesOfADocumentAreSentBefore() {
    client.send("PUT", "/v1/blobs/" + Digest.of("1 2 3").text(), "1 2 3");
    HttpResponse<String> accepted =
        client.send(
            "POST",
            "/v1/runs",
            """
            {"pipeline": {"version": 1, "name": "reads", "steps": {
               "read": {"inputs": {"data": {"path": "data.txt"}}, "script": "cat inputs/data"}}},
             "sources": {"data.txt": {"digest": "%s", "size": 5}}}
            """
                .formatted(Digest.of("1 2 3").text()));
    assertEquals(202, accepted.statusCode(), accepted.body());
    String run = text(json(accepted), "run");
    client.awaitStatus(run, "succeeded");
    String log = "/v1/runs/" + run + "/tasks/read/log";
    assertEquals("1 2 3", client.send("GET", log, "").body());
  }

  @Test
  void whatDoesNotFitTheContractIsRefusedWithTheReason() {
    assertEquals(400, client.send("GET", "/v1/runs?limit=0", "").statusCode());
    assertEquals(400, client.send("GET", "/v1/runs?status=lost", "").statusCode());
    assertEquals(400, client.send("POST", "/v1/runs", "{\"pipeline\": 7}").statusCode());
    assertEquals(400, client.send("POST", "/v1/runs", "{").statusCode());
    assertEquals(404, client.send("GET", "/v2", "").statusCode());
    assertEquals(200, client.send("GET", "/healthz", "").statusCode());
    assertTrue(client.send("GET", "/openapi.yaml", "").body().startsWith("openapi: 3.1"));
    JsonObject problem = json(client.send("GET", "/v1/runs?limit=0", ""));
    assertTrue(text(problem, "detail").contains("limit"), JsonText.compact(problem));
  }

  /** A page in a browser, under a name that was pointed at this machine. */
  @Test
  void otherNamesOfThisMachineAreRefused() throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      String request = "GET /v1/runs HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      assertTrue(answer.startsWith("HTTP/1.1 403 "), answer);
    }
  }

  @Test
  void pagesFromElsewhereAreRefused() {
    String run = client.submit(ENDLESS);
    String cancel = "/v1/runs/" + run + "/cancel";
    for (String origin : List.of("https://evil.example", "null", "http://localhost.evil.example")) {
      assertEquals(403, client.send("POST", cancel, "", "Origin", origin).statusCode());
    }
    assertEquals("running", client.status(run));
    String here = "http://localhost:" + server.port();
    assertEquals(202, client.send("POST", cancel, "", "Origin", here).statusCode());
    HttpResponse<String> form = client.send("POST", "/v1/runs", "", "Content-Type", "text/plain");
    assertEquals(400, form.statusCode());
  }

  @Test
  void runsGoOnAtTheNextStart() throws IOException {
    Path gate = state.resolve("gate");
    String run =
        client.submit(
            """
            {"version": 1, "name": "gated", "steps": {
               "first": {"script": "true"},
               "second": {"needs": ["first"], "script": "while [ ! -e %s ]; do sleep 0.1; done"}}}\
            """
                .formatted(gate));
    String first = "/v1/runs/" + run + "/tasks/first";
    MillraceProcess.await("first", () -> text(client.get(first), "status").equals("succeeded"));
    stop();
    start();

    assertEquals(1, server.resumed());
    Files.createFile(gate);
    List<JsonObject> events = client.follow(run, 0);

    assertEquals("succeeded", client.status(run));
    for (int i = 0; i < events.size(); i++) {
      assertEquals(Integer.toString(i + 1), text(events.get(i), "id"));
    }
    JsonObject task = client.get(first);
    assertEquals(1, list(task, "attempts").size());
  }

  @Test
  void runsAreListedByTime() {
    String early = client.submit(HELLO);
    client.awaitStatus(early, "succeeded");
    long between = System.currentTimeMillis();
    MillraceProcess.await("time passes", () -> System.currentTimeMillis() > between);
    String late = client.submit(HELLO);
    assertEquals(List.of(late), listed("submittedFrom=" + (between + 1)));
    assertEquals(List.of(early), listed("submittedBefore=" + (between + 1)));
    assertEquals(List.of(late, early), listed("submittedFrom=0&submittedBefore=99999999999999999"));
    assertEquals(List.of(early), listed("submittedFrom=0&cursor=" + late));
  }

  private List<String> listed(String query) {
    return list(client.get("/v1/runs?" + query), "runs").stream()
        .map(run -> text(run, "run"))
        .toList();
  }

  @Test
  void whoRetriesAsSoonAsTheEndIsSeenIsHeard() {
    String failing =
        """
        {"version": 1, "name": "f", "steps": {"a": {"script": "exit 1"}}}\
        """;
    for (int i = 0; i < 30; i++) {
      String run = client.submit(failing);
      int before = client.follow(run, 0).size();
      assertEquals(202, client.send("POST", "/v1/runs/" + run + "/retry", "").statusCode());
      List<JsonObject> more = client.follow(run, before);
      assertEquals("dev.millrace.run.reopened", text(more.getFirst(), "type"));
    }
  }

  @Test
  void dryRunsAreBounded() {
    StringBuilder values = new StringBuilder("0");
    for (int i = 1; i < 1000; i++) {
      values.append(',').append(i);
    }
    String large =
        "{\"version\": 1, \"name\": \"l\", \"steps\": {\"a\": {\"script\": \"true\", \"matrix\":"
            + " {\"i\": ["
            + values
            + "], \"j\": ["
            + values
            + "]}}}}";
    HttpResponse<String> refused = client.send("POST", "/v1/runs?dryRun=true", submission(large));
    assertEquals(422, refused.statusCode(), refused.body());
  }

  @Test
  void whatIsAskedWronglyIsNamed() throws IOException {
    for (String line : List.of("GET /v1/runs?x=% ", "GET /v1/runs/% ")) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
        socket.setSoTimeout(10_000);
        String text = line + "HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        String answer =
            new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        assertTrue(answer.startsWith("HTTP/1.1 400") && answer.contains("problem+json"), answer);
      }
    }
    HttpResponse<String> wrong = client.send("PATCH", "/v1/runs", "{}");
    assertEquals(405, wrong.statusCode());
    assertEquals("GET, POST", wrong.headers().firstValue("Allow").orElse(""));
    String form = "application/x-www-form-urlencoded";
    assertEquals(415, client.sendAs("POST", "/v1/runs", "a=b", "Content-Type", form).statusCode());
    assertEquals(
        415, client.sendAs("POST", "/v1/hooks/x", "a=b", "Content-Type", form).statusCode());
    assertEquals(
        415, client.sendAs("POST", "/v1/runs", "{}", "Content-Type", "text/plain").statusCode());
    HttpResponse<String> packed = client.send("POST", "/v1/runs", "{}", "Content-Encoding", "gzip");
    assertEquals(415, packed.statusCode());
    assertTrue(packed.body().contains("Content-Encoding: gzip"), packed.body());
    String run = client.submit(HELLO);
    String events = "/v1/runs/" + run + "/events";
    HttpResponse<String> page =
        client.send("GET", events, "", "Accept", "text/event-stream;q=0, application/json");
    assertTrue(
        page.headers().firstValue("Content-Type").orElse("").startsWith("application/json"),
        page.body());
    String beyond = "/v1/runs/" + run + "/events?after=9223372036854775806";
    assertEquals(400, client.send("GET", beyond, "").statusCode());
  }

  @Test
  void readersThatLeaveAreForgotten() throws IOException {
    String run = client.submit(ENDLESS);
    for (int i = 0; i < 50; i++) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
        String text =
            "GET /v1/runs/"
                + run
                + "/events HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n";
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
      }
    }
    MillraceProcess.await(
        "no stream is open",
        () -> client.send("GET", "/metrics", "").body().contains("millrace_streams_open 0.0"));
    client.send("POST", "/v1/runs/" + run + "/cancel", "");
  }

  @Test
  void manyLargeBodiesAtOnceDoNotFillTheMemory() throws IOException {
    List<Socket> sending = new ArrayList<>();
    try {
      boolean refused = false;
      for (int i = 0; i < 2_000 && !refused; i++) {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        socket.setSoTimeout(20);
        sending.add(socket);
        String head =
            "POST /v1/runs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Content-Length: 60000000\r\n\r\n{";
        socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
        refused = answer(socket).startsWith("HTTP/1.1 503");
      }
      assertTrue(refused, "each of " + sending.size() + " was promised 60 MB");
      assertEquals(200, client.send("GET", "/v1/runs", "").statusCode());
    } finally {
      for (Socket socket : sending) {
        socket.close();
      }
    }
    MillraceProcess.await(
        "there is room again",
        () -> client.send("POST", "/v1/runs", submission(HELLO)).statusCode() == 202);
  }

  private static String answer(Socket socket) throws IOException {
    try {
      byte[] bytes = new byte[12];
      int read = socket.getInputStream().read(bytes);
      return new String(bytes, 0, Math.max(0, read), StandardCharsets.US_ASCII);
    } catch (SocketTimeoutException e) {
      return "";
    }
  }
}

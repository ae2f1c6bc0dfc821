package dev.millrace.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.client.ClientConfig;
import dev.millrace.client.Event;
import dev.millrace.client.Follower;
import dev.millrace.client.MillraceClient;
import dev.millrace.client.MillraceClient.LogStream;
import dev.millrace.client.Run;
import dev.millrace.client.ServerProblemException;
import dev.millrace.client.ServerRuns;
import dev.millrace.client.Sources;
import dev.millrace.client.SubmitRequest;
import dev.millrace.client.Task;
import dev.millrace.client.UploadListener;
import dev.millrace.client.WaitingClient;
import dev.millrace.content.Artifact;
import dev.millrace.digest.Digest;
import dev.millrace.http.MillraceServer;
import dev.millrace.journal.RunQuery;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonReader;
import dev.millrace.runtime.RunArchive;
import dev.millrace.runtime.RunHistory;
import dev.millrace.wire.TaskJson;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The client in Java, with a real server. */
class MillraceClientTest {
  @TempDir private Path folder;
  private MillraceServer server;
  private MillraceClient client;

  @BeforeEach
  void start() throws IOException {
    server = ServerClient.server(folder.resolve("state"));
    client = MillraceClient.create(config("http://127.0.0.1:" + server.port()));
  }

  private static ClientConfig config(String address) {
    return ClientConfig.of(address).withPatience(Duration.ofSeconds(5), Duration.ofSeconds(20));
  }

  @AfterEach
  void stop() throws IOException {
    client.close();
    server.close();
  }

  private static <T> T get(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
  }

  private static JsonObject json(String text) {
    return (JsonObject) JsonReader.read(text);
  }

  private Run submit(String pipeline) {
    return get(client.submit(SubmitRequest.of(json(pipeline), Map.of())));
  }

  private static List<Event> follow(MillraceClient client, String run, long after) {
    List<Event> events = new ArrayList<>();
    get(
        client.follow(
            run,
            after,
            event -> {
              events.add(event);
              return Future.succeededFuture();
            }));
    return events;
  }

  private static void assertNumbered(List<Event> events, long first) {
    assertEquals(
        LongStream.range(first, first + events.size()).boxed().toList(),
        events.stream().map(Event::sequence).toList());
    assertEquals("dev.millrace.run.finished", events.getLast().type());
  }

  @Test
  void aRunWithFilesIsSubmittedFollowedAndItsOutputsFetched() throws Exception {
    Path data = Files.createDirectories(folder.resolve("project/data/deep"));
    Files.writeString(data.resolve("a.txt"), "a\n");
    Files.write(data.resolve("large.bin"), new byte[3 << 20]);
    Path tool =
        Files.writeString(folder.resolve("project/tool.sh"), "#!/bin/sh\ncat $1/deep/a.txt");
    assertTrue(tool.toFile().setExecutable(true));
    JsonObject pipeline =
        json(
            """
            {"version": 1, "name": "files", "steps": {"use": {
              "script": "./inputs/tool inputs/data > out.txt; mkdir d; echo x > d/x; echo hi",
              "inputs": {"data": {"path": "data"}, "tool": {"path": "tool.sh"}},
              "outputs": {"text": "out.txt", "d": "d"}}},
             "outputs": {"text": {"from": "use.text"}, "d": {"from": "use.d"}}}\
            """);
    Sources sources = Sources.of(Set.of("data", "tool.sh"), folder.resolve("project"));
    SubmitRequest request =
        new SubmitRequest(pipeline, Map.of(), sources.artifacts(), Map.of("who", "me"), false, 0);
    List<String> progress = new ArrayList<>();
    UploadListener listener =
        (sent, blobs, sentBytes, bytes) -> progress.add(sent + "/" + blobs + " " + (bytes >> 20));

    Run run = get(client.submit(request, sources, listener));

    assertEquals("0/5 3", progress.getFirst());
    assertEquals("5/5 3", progress.getLast());
    assertNumbered(follow(client, run.id(), 0), 1);
    Run ended = get(client.get(run.id()));
    assertEquals("succeeded", ended.status());
    assertTrue(ended.hasEnded());
    assertEquals("me", ended.labels().get("who"));
    assertEquals(Map.of("cached", 0L, "succeeded", 1L), ended.tasks());
    Map<String, Artifact> outputs = get(client.outputs(run.id()));
    assertEquals(Artifact.Kind.TREE, artifact(outputs, "d").kind());
    Path target = folder.resolve("text.txt");
    Files.writeString(target, "old");
    get(client.download(artifact(outputs, "text").digest(), target));
    assertEquals("a\n", Files.readString(target));
    assertArrayEquals(
        "a\n".getBytes(StandardCharsets.UTF_8),
        get(client.read(artifact(outputs, "text").digest())));

    progress.clear();
    var _ = get(client.submit(request, sources, listener));
    assertEquals(List.of(), progress, "nothing is sent again");
  }

  private static Artifact artifact(Map<String, Artifact> outputs, String name) {
    return Objects.requireNonNull(outputs.get(name), name);
  }

  @Test
  void whatIsRefusedIsToldWithAllProblems() {
    ServerProblemException refused =
        problem(
            client.submit(
                SubmitRequest.of(
                    json("{\"version\": 1, \"name\": \"x\", \"steps\": {\"a\": {}, \"b\": {}}}"),
                    Map.of())));
    assertEquals(422, refused.status());
    assertTrue(refused.problems().size() >= 2, refused.getMessage());
    assertTrue(refused.problems().getFirst().pointer().startsWith("/pipeline/steps"));
    assertEquals(404, problem(client.get("none")).status());
    Digest none = Digest.of("nobody has it");
    assertEquals(404, problem(client.download(none, folder.resolve("none"))).status());
    assertFalse(Files.exists(folder.resolve("none")));
    assertEquals(Set.of(none), get(client.missing(List.of(none, Digest.EMPTY))));
  }

  private static ServerProblemException problem(Future<?> future) {
    CompletionException failure = assertThrows(CompletionException.class, () -> get(future));
    return assertInstanceOf(ServerProblemException.class, failure.getCause());
  }

  /** Of a run's life, all kinds of facts: what is told of them must be enough to make it again. */
  @Test
  void aRunIsMadeAgainFromItsEvents() throws Exception {
    Run run =
        submit(
            """
            {"version": 1, "name": "life", "steps": {
              "list": {"script": "echo '[{\\"x\\": 1}, {\\"x\\": 2}]' > l.json",
                       "outputs": {"l": {"path": "l.json", "kind": "json"}}},
              "each": {"forEach": {"from": "list.l"}, "script": "echo ${{ item.x }} > o; echo ${{ item.x }}",
                       "outputs": {"o": "o"}},
              "held": {"needs": ["each"], "approval": true, "script": "echo held"},
              "fail": {"script": "test -e /nowhere-%s", "retry": {"attempts": 2, "delay": "10ms"}},
              "after": {"needs": ["fail"], "script": "true"},
              "clean": {"needs": ["fail"], "on": "failure", "script": "true"}},
             "outputs": {"all": {"from": "each.o"}}}\
            """
                .formatted(System.nanoTime()));
    MillraceProcess.await(
        "held waits", () -> get(client.task(run.id(), "held")).status().equals("held"));
    Task approved = get(client.approve(run.id(), "held", false, "go"));
    assertEquals("held", approved.name());
    assertEquals(409, problem(client.approve(run.id(), "held", false, "")).status());
    assertNumbered(follow(client, run.id(), 0), 1);
    Task failed = get(client.task(run.id(), "fail"));
    assertEquals(2, failed.attempts().size());
    assertTrue(failed.attempts().getFirst().failure() != null);
    var _ = get(client.retry(run.id()));
    assertNumbered(follow(client, run.id(), 0), 1);
    Task each = get(client.task(run.id(), "each[~0]"));
    assertTrue(each.result() != null && each.result().outputs().containsKey("o"), each.toString());

    try (RunArchive archive = RunArchive.open(folder.resolve("state"));
        WaitingClient waiting = WaitingClient.open(config("http://127.0.0.1:" + server.port()))) {
      ServerRuns runs = new ServerRuns(waiting);
      RunHistory here = archive.read(archive.find(run.id()).getFirst());
      RunHistory there = runs.read(runs.find(run.id()).getFirst());
      assertEquals(told(here), told(there));
      assertEquals(archive.outputs(here), runs.outputs(there));
      assertEquals(here.submission(), there.submission());
      assertEquals(
          archive.list(RunQuery.newest(5)).getFirst().summary(),
          runs.list(RunQuery.newest(5)).getFirst().summary());
    }
  }

  private static List<String> told(RunHistory history) {
    List<String> told = new ArrayList<>();
    for (int task : history.view().taskNumbers()) {
      told.add(TaskJson.text(history, task));
    }
    return told;
  }

  @Test
  void overABadNetworkEachEventComesOnceAndARunIsSubmittedOnce() throws Exception {
    AtomicInteger answered = new AtomicInteger();
    // The first answers are lost, later connections break in the middle of an event.
    try (CuttingProxy proxy =
            new CuttingProxy(
                server.port(), number -> number < 2 ? 0 : 700 + 37 * answered.getAndIncrement());
        MillraceClient bad = MillraceClient.create(config(proxy.address()))) {
      Run run =
          get(
              bad.submit(
                  SubmitRequest.of(
                      json(
                          """
                          {"version": 1, "name": "bad", "steps": {
                            "m": {"matrix": {"i": [1, 2, 3, 4]}, "script": "echo ${{ matrix.i }}"}}}\
                          """),
                      Map.of())));
      AtomicInteger breaks = new AtomicInteger();
      List<Event> events = new ArrayList<>();
      get(
          bad.follow(
              run.id(),
              0,
              new Follower() {
                @Override
                public Future<?> event(Event event) {
                  events.add(event);
                  return Future.succeededFuture();
                }

                @Override
                public void interrupted(Throwable cause, Duration wait) {
                  breaks.incrementAndGet();
                }
              }));
      assertNumbered(events, 1);
      assertTrue(breaks.get() > 2, breaks + " breaks");
      assertEquals(1, get(client.list(RunQuery.newest(10))).items().size());
    }
  }

  @Test
  void aSlowFollowerIsToldTheNextEventWhenItIsReady() {
    Run run =
        submit("{\"version\": 1, \"name\": \"s\", \"steps\": {\"a\": {\"script\": \"true\"}}}");
    Vertx vertx = Vertx.vertx();
    AtomicInteger atOnce = new AtomicInteger();
    List<Long> seen = new ArrayList<>();
    get(
        client.follow(
            run.id(),
            0,
            event -> {
              assertEquals(1, atOnce.incrementAndGet());
              seen.add(event.sequence());
              return vertx.timer(20).onComplete(_ -> atOnce.decrementAndGet());
            }));
    get(vertx.close());
    assertEquals(LongStream.rangeClosed(1, seen.size()).boxed().toList(), seen);
    CompletionException failure =
        assertThrows(
            CompletionException.class,
            () ->
                get(
                    client.follow(
                        run.id(), 0, _ -> Future.failedFuture(new IOException("enough")))));
    assertTrue(failure.getMessage() != null && failure.getMessage().endsWith("enough"));
  }

  @Test
  void logsComeWholeAndLive() throws Exception {
    Run run =
        submit(
            """
            {"version": 1, "name": "l", "steps": {"a": {"script":
              "echo one; echo oh >&2; while ! test -e %s; do sleep 0.02; done; echo two"}}}\
            """
                .formatted(folder.resolve("go")));
    AtomicReference<String> text = new AtomicReference<>("");
    Future<Void> followed =
        client.followLog(
            run.id(),
            "a",
            LogStream.STDOUT,
            piece -> {
              text.accumulateAndGet(piece, String::concat);
              return Future.succeededFuture();
            });
    MillraceProcess.await("the first line", () -> text.get().equals("one\n"));
    Files.createFile(folder.resolve("go"));
    get(followed);
    assertEquals("one\ntwo\n", text.get());
    try (WaitingClient waiting = WaitingClient.open(config("http://127.0.0.1:" + server.port()))) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      assertEquals(3, waiting.log(run.id(), "a", LogStream.STDERR, 1, out));
      assertEquals("oh\n", out.toString(StandardCharsets.UTF_8));
    }
  }

  @Test
  void aRunIsCancelled() {
    Run run =
        submit(
            "{\"version\": 1, \"name\": \"e\", \"steps\": {\"w\": {\"script\": \"exec sleep"
                + " 600\"}}}");
    var _ = get(client.cancel(run.id(), false));
    assertNumbered(follow(client, run.id(), 0), 1);
    assertEquals("cancelled", get(client.get(run.id())).status());
  }

  @Test
  void aServerThatIsNotThereIsGivenUpAfterAWhile() throws Exception {
    int free;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = socket.getLocalPort();
    }
    ClientConfig config =
        ClientConfig.of("http://127.0.0.1:" + free)
            .withPatience(Duration.ofMillis(300), Duration.ofMillis(300));
    try (MillraceClient nobody = MillraceClient.create(config)) {
      assertThrows(CompletionException.class, () -> get(nobody.get("x")));
      assertThrows(CompletionException.class, () -> follow(nobody, "x", 0));
    }
    assertThrows(IllegalArgumentException.class, () -> ClientConfig.of("localhost:8181"));
    assertThrows(IllegalArgumentException.class, () -> ClientConfig.of("http://a/?b"));
    assertFalse(ClientConfig.of("http://a").withToken("secret").toString().contains("secret"));
  }
}

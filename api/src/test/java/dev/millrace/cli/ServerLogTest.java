package dev.millrace.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.http.MillraceServer;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What attempts write, seen from outside while they run and afterwards. */
class ServerLogTest {
  @TempDir private Path folder;
  private MillraceServer server;
  private ServerClient client;

  @BeforeEach
  void start() throws IOException {
    server = ServerClient.server(folder.resolve("state"));
    client = new ServerClient(server.port());
  }

  @AfterEach
  void stop() throws IOException {
    client.close();
    server.close();
  }

  /** A step that writes a line, and another when a file is there. */
  private String submit(String more) {
    return client.submit(
        """
        {"version": 1, "name": "talk", "steps": {
          "first": {"script": "while ! test -e FOLDER/begin; do sleep 0.02; done"},
          "talk": {"needs": ["first"],
            "script": "printf 'one \\\\303'; while ! test -e FOLDER/go; do sleep 0.02; done; printf '\\\\251\\ntwo\\n'; echo oh >&2; MORE"}}}\
        """
            .replace("FOLDER", folder.toString())
            .replace("MORE", more));
  }

  private void file(String name) throws IOException {
    Files.writeString(folder.resolve(name), "");
  }

  /** The events of a stream of a log. */
  private record Followed(List<String> ids, StringBuilder text, List<JsonObject> end) {
    Followed() {
      this(new ArrayList<>(), new StringBuilder(), new ArrayList<>());
    }

    synchronized String soFar() {
      return text.toString();
    }

    synchronized void take(String line) {
      if (line.startsWith("id: ")) {
        ids.add(line.substring(4));
      } else if (line.startsWith("data: ")) {
        JsonObject data = (JsonObject) JsonReader.read(line.substring(6));
        if (data.get("text") == null) {
          end.add(data);
        } else {
          text.append(ServerClient.text(data, "text"));
        }
      }
    }
  }

  private CompletableFuture<Void> follow(Followed seen, String path, String lastId) {
    return CompletableFuture.runAsync(
        () -> {
          try (Stream<String> lines = client.stream(path, "Last-Event-ID", lastId)) {
            lines.forEach(seen::take);
          }
        },
        task -> Thread.ofVirtual().start(task));
  }

  @Test
  void aLogIsFollowedFromBeforeItsBeginningToItsEnd() throws IOException {
    String log = "/v1/runs/" + submit("") + "/tasks/talk/log";
    Followed seen = new Followed();
    CompletableFuture<Void> following = follow(seen, log, "");
    file("begin");
    MillraceProcess.await("the first line is seen", () -> seen.soFar().equals("one "));
    assertTrue(client.send("GET", log, "").body().startsWith("one "));
    file("go");
    following.join();
    assertEquals("one é\ntwo\n", seen.soFar());
    assertEquals("succeeded", ServerClient.text(seen.end.getFirst(), "status"));
    assertEquals("one é\ntwo\n", client.send("GET", log, "").body());

    Followed rest = new Followed();
    follow(rest, log, seen.ids.getFirst()).join();
    assertEquals("é\ntwo\n", rest.soFar());
    Followed stderr = new Followed();
    follow(stderr, log + "?stream=stderr", "").join();
    assertEquals("oh\n", stderr.soFar());
  }

  @Test
  void whoComesInTheMiddleMissesNothing() throws IOException {
    file("begin");
    String log = "/v1/runs/" + submit("seq 1 20000") + "/tasks/talk/log";
    Followed first = new Followed();
    CompletableFuture<Void> following = follow(first, log, "");
    MillraceProcess.await("it runs", () -> first.soFar().startsWith("one "));
    Followed second = new Followed();
    CompletableFuture<Void> later = follow(second, log, first.ids.getFirst());
    file("go");
    following.join();
    later.join();
    assertEquals(client.send("GET", log, "").body(), first.soFar());
    assertEquals(first.soFar().substring(4), second.soFar());
  }

  @Test
  void aTaskThatNeverRunsHasNoLog() throws IOException {
    String run =
        client.submit(
            """
            {"version": 1, "name": "p", "steps": {
              "a": {"script": "exit 1"}, "b": {"needs": ["a"], "script": "echo no"}}}\
            """);
    Followed seen = new Followed();
    follow(seen, "/v1/runs/" + run + "/tasks/b/log", "").join();
    assertEquals("skipped", ServerClient.text(seen.end.getFirst(), "status"));
    assertEquals(404, client.send("GET", "/v1/runs/" + run + "/tasks/b/log", "").statusCode());
    Followed failed = new Followed();
    follow(failed, "/v1/runs/" + run + "/tasks/a/log", "").join();
    assertEquals("failed", ServerClient.text(failed.end.getFirst(), "status"));
  }
}

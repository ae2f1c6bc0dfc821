package dev.millrace.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.digest.Digest;
import dev.millrace.http.MillraceServer;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Content that was made to do harm. */
class HostileContentTest {
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

  private Digest put(String content) {
    Digest digest = Digest.of(content);
    assertEquals(204, client.send("PUT", "/v1/blobs/" + digest.text(), content).statusCode());
    return digest;
  }

  /** Submits a step that reads a directory, and returns the answer. */
  private HttpResponse<String> submit(Digest tree) {
    return client.send(
        "POST",
        "/v1/runs",
        """
        {"pipeline": {"version": 1, "name": "p", "steps": {
          "read": {"inputs": {"d": {"path": "data"}}, "script": "ls -R inputs/d"}}},
         "sources": {"data": {"digest": "%s", "size": %d, "kind": "tree"}}}\
        """
            .formatted(tree.text(), tree.size()));
  }

  private static String file(String name, Digest content) {
    return "f " + content.hex() + " " + content.size() + " " + name + "\0";
  }

  private static String directory(String name, Digest content) {
    return "t " + content.hex() + " " + content.size() + " " + name + "\0";
  }

  private static final String HEADER = "millrace-tree 1\0";

  @Test
  void namesThatLeadElsewhereAreRefused() {
    Digest content = put("x");
    for (String name : List.of("..", ".", "", "/etc/cron.d/x", "../../x", "a/b")) {
      HttpResponse<String> answer = submit(put(HEADER + file(name, content)));
      assertEquals(422, answer.statusCode(), () -> name + ": " + answer.body());
    }
    HttpResponse<String> link = submit(put(HEADER + "l out\0../../../etc/passwd\0"));
    assertTrue(link.statusCode() == 422 || "failed".equals(end(link)), link::body);
    assertEquals("succeeded", end(submit(put(HEADER + file("ok", content)))));
  }

  private String end(HttpResponse<String> accepted) {
    assertEquals(202, accepted.statusCode(), accepted.body());
    String run = ServerClient.text(ServerClient.json(accepted), "run");
    MillraceProcess.await("it ends", () -> !client.status(run).equals("running"));
    return client.status(run);
  }

  @Test
  void whatIsNoDirectoryIsRefused() {
    assertEquals(422, submit(put("no tree at all")).statusCode());
    assertEquals(422, submit(put("")).statusCode());
    assertEquals(422, submit(Digest.of("never sent")).statusCode());
  }

  @Test
  void aFewBlobsThatStandForEndlessFilesAreRefused() {
    Digest next = put(HEADER + file("x", put("x")));
    for (int level = 0; level < 60; level++) {
      next = put(HEADER + directory("a", next) + directory("b", next));
    }
    HttpResponse<String> wide = submit(next);
    assertEquals(422, wide.statusCode(), wide.body());
    Digest deep = put(HEADER);
    for (int level = 0; level < 300; level++) {
      deep = put(HEADER + directory("a", deep));
    }
    HttpResponse<String> answer = submit(deep);
    assertEquals(422, answer.statusCode(), answer.body());
  }
}

package dev.millrace.cli;

import static dev.millrace.cli.ServerClient.json;
import static dev.millrace.cli.ServerClient.list;
import static dev.millrace.cli.ServerClient.member;
import static dev.millrace.cli.ServerClient.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.http.MillraceServer;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonText;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a server tells of its cache. */
class ServerCacheTest {
  private static final String PIPELINE =
      """
      {"version": 1, "name": "p", "steps": {
        "a": {"script": "echo 1 > x", "outputs": {"x": "x"}},
        "list": {"script": "echo [1,2] > l.json", "outputs": {"l": {"path": "l.json", "kind": "json"}}},
        "each": {"forEach": {"from": "list.l"}, "script": "echo ${{ item }} > y", "outputs": {"y": "y"}},
        "b": {"inputs": {"x": {"from": "a.x"}}, "script": "cat inputs/x > z; echo SALT", "outputs": {"z": "z"}},
        "c": {"inputs": {"z": {"from": "b.z"}}, "script": "cat inputs/z > w", "outputs": {"w": "w"}}},
       "outputs": {"w": {"from": "c.w"}}}\
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

  private JsonObject dryRun(String pipeline) {
    HttpResponse<String> answer =
        client.send("POST", "/v1/runs?dryRun=true", "{\"pipeline\": " + pipeline + "}");
    assertEquals(200, answer.statusCode(), answer.body());
    return json(answer);
  }

  private static List<String> standing(JsonObject answer) {
    List<String> standing = new ArrayList<>();
    for (JsonObject task : list(answer, "tasks")) {
      standing.add(text(task, "task") + " " + text(task, "status"));
    }
    return standing.stream().sorted().toList();
  }

  @Test
  void aDryRunTellsWhatWouldRunAndRunsNothing() {
    assertEquals(
        List.of("a queued", "b waiting", "c waiting", "list queued"), standing(dryRun(PIPELINE)));
    assertEquals(List.of(), list(client.get("/v1/runs"), "runs"));

    client.awaitStatus(client.submit(PIPELINE), "succeeded");
    JsonObject again = dryRun(PIPELINE);
    assertEquals("{\"cached\":6}", JsonText.compact(member(again, "counts")));

    JsonObject changed = dryRun(PIPELINE.replace("SALT", "PEPPER"));
    assertEquals(
        List.of(
            "a cached", "b queued", "c waiting", "each[1] cached", "each[2] cached", "list cached"),
        standing(changed));
    assertTrue(JsonText.compact(changed).contains("PEPPER"), "why it would run");
    assertEquals(1, list(client.get("/v1/runs"), "runs").size());
  }

  @Test
  void aDryRunOfWhatCannotRunSaysWhy() {
    HttpResponse<String> answer =
        client.send("POST", "/v1/runs?dryRun=true", "{\"pipeline\": {\"version\": 7}}");
    assertEquals(422, answer.statusCode());
    assertTrue(list(json(answer), "problems").size() > 1, answer.body());
  }

  @Test
  void explainsAndTellsLineage() {
    String run = client.submit(PIPELINE);
    client.awaitStatus(run, "succeeded");
    JsonObject one = client.get("/v1/cache/explain?run=" + run + "&task=b");
    assertEquals("first-time", text(member(list(one, "tasks").getFirst(), "why"), "type"));
    JsonObject page = client.get("/v1/cache/explain?run=" + run + "&limit=4");
    assertEquals(4, list(page, "tasks").size());
    JsonObject rest =
        client.get("/v1/cache/explain?run=" + run + "&limit=4&cursor=" + text(page, "next"));
    assertEquals(2, list(rest, "tasks").size());

    JsonObject outputs = member(client.get("/v1/runs/" + run + "/outputs"), "outputs");
    String digest = text(member(outputs, "w"), "digest");
    JsonObject lineage = client.get("/v1/lineage/" + digest);
    // b and c pass on what a has made: the newest that made it counts.
    assertEquals("made", text(lineage, "type"));
    assertEquals(run, text(lineage, "run"));
    assertEquals(404, client.send("GET", "/v1/lineage/sha256:" + "0".repeat(64), "").statusCode());
    assertEquals(400, client.send("GET", "/v1/lineage/nothing", "").statusCode());
  }
}

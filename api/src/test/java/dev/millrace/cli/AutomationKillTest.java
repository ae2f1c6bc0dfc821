package dev.millrace.cli;

import static dev.millrace.cli.ServerClient.list;
import static dev.millrace.cli.ServerClient.member;
import static dev.millrace.cli.ServerClient.text;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.millrace.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that is killed again and again while a schedule and a trigger start runs. */
class AutomationKillTest {
  private static final int KILLS = Integer.getInteger("millrace.server.kills", 3);

  @TempDir private Path folder;

  @Test
  void eachTimeAndEachEventIsOneRun() throws Exception {
    try (MillraceProcess first = server();
        ServerClient client = new ServerClient(port(first))) {
      for (String name : List.of("tick", "after")) {
        put(
            client,
            "/v1/pipelines/" + name,
            "{\"pipeline\": {\"version\": 1, \"name\": \"%s\", \"steps\": {\"a\": {\"script\": \"true\"}}}}"
                .formatted(name));
      }
      put(
          client,
          "/v1/triggers/after",
          """
          {"type": "event", "pipeline": "after",
           "when": {"types": ["dev.millrace.run.finished"], "pipeline": "tick"}}\
          """);
      schedule(client, false);
      awaitMore(client);
      first.signal("KILL");
      first.exitCode();
    }
    for (int i = 1; i < KILLS; i++) {
      try (MillraceProcess next = server();
          ServerClient client = new ServerClient(port(next))) {
        awaitMore(client);
        next.signal("KILL");
        next.exitCode();
      }
    }
    try (MillraceProcess last = server();
        ServerClient client = new ServerClient(port(last))) {
      awaitMore(client);
      schedule(client, true);
      MillraceProcess.await("all have led to others", () -> after(client).equals(ended(client)));
      List<JsonObject> ticks = runs(client, "tick");
      List<String> times = ticks.stream().map(run -> label(run, "scheduled-for")).sorted().toList();
      Instant from = Instant.parse(times.getFirst());
      for (int i = 0; i < times.size(); i++) {
        assertEquals(from.plusSeconds(i).toString(), times.get(i), times::toString);
      }
      assertEquals(ticks.size(), runs(client, "after").size());
      assertEquals(
          ticks.size(), Duration.between(from, Instant.parse(times.getLast())).toSeconds() + 1);
      last.signal("TERM");
      assertEquals(0, last.exitCode(), last.output());
    }
  }

  private static void put(ServerClient client, String path, String body) {
    assertEquals(200, client.send("PUT", path, body).statusCode(), path);
  }

  private static void schedule(ServerClient client, boolean paused) {
    put(
        client,
        "/v1/schedules/tick",
        "{\"cron\": \"* * * * * *\", \"pipeline\": \"tick\", \"catchUp\": \"all\", \"paused\": %s}"
            .formatted(paused));
  }

  private static void awaitMore(ServerClient client) {
    int before = runs(client, "after").size();
    MillraceProcess.await("more have run", () -> runs(client, "after").size() > before);
  }

  private static List<JsonObject> runs(ServerClient client, String pipeline) {
    return list(client.get("/v1/runs?limit=1000&pipeline=" + pipeline), "runs");
  }

  private static String label(JsonObject run, String name) {
    return text(member(run, "labels"), name);
  }

  private static Set<String> ended(ServerClient client) {
    return runs(client, "tick").stream()
        .map(run -> text(run, "run"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> after(ServerClient client) {
    return runs(client, "after").stream()
        .map(run -> label(run, "caused-by"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private MillraceProcess server() throws IOException {
    MillraceProcess process =
        MillraceProcess.start(folder, "server", "--allow-local", "--state", "state", "--port", "0");
    MillraceProcess.await("it listens", () -> port(process) > 0);
    return process;
  }

  /** Returns 0 where it does not listen yet. */
  private static int port(MillraceProcess process) {
    try {
      String output = process.output();
      int at = output.indexOf("listening on");
      int end = output.indexOf('\n', Math.max(at, 0));
      return at < 0 || end < 0
          ? 0
          : Integer.parseInt(output.substring(output.lastIndexOf(':', end) + 1, end).strip());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

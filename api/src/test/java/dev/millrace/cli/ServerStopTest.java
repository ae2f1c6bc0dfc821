package dev.millrace.cli;

import static dev.millrace.cli.ServerClient.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a server's process ends, and what it has logged until then. */
class ServerStopTest {
  private static final Pattern ADDRESS =
      Pattern.compile("listening on http://127\\.0\\.0\\.1:([0-9]+)");

  @TempDir private Path folder;

  @Test
  void aSignalEndsStreamsCleanlyAndRunsGoOnAtTheNextStart() throws Exception {
    String run;
    List<JsonObject> seen = new ArrayList<>();
    try (MillraceProcess process = server("--log", "json");
        ServerClient client = new ServerClient(port(process))) {
      run =
          client.submit(
              """
              {"version": 1, "name": "slow", "steps": {
                "a": {"script": "true"}, "bad": {"script": "exit 3"},
                "b": {"needs": ["a"],
                      "script": "while [ ! -e %s ]; do sleep 0.05; done"}}}\
              """
                  .formatted(folder.resolve("go")));
      String task = "/v1/runs/" + run + "/tasks/b";
      MillraceProcess.await("runs", () -> text(client.get(task), "status").equals("running"));
      CompletableFuture<Void> following =
          CompletableFuture.runAsync(() -> seen.addAll(client.follow(run, 0)));
      MillraceProcess.await("somebody follows", () -> followers(client) == 1);

      process.signal("TERM");

      following.join(); // fails if the stream is cut in the middle
      assertEquals(0, process.exitCode(), process.output());
      assertTrue(seen.size() >= 5, seen.toString());
      List<JsonObject> lines = logged(process);
      assertEquals(
          List.of("started", "run accepted", "task failed", "stopping", "stopped"),
          lines.stream().map(line -> text(line, "message")).toList());
      assertEquals(run, text(lines.get(2), "run"));
      assertEquals("bad", text(lines.get(2), "task"));
      assertEquals("warning", text(lines.get(2), "level"));
      assertEquals("failure", text(lines.get(2), "kind"));
      assertEquals("local", text(lines.get(1), "by"));
    }
    Files.createFile(folder.resolve("go"));
    try (MillraceProcess process = server();
        ServerClient client = new ServerClient(port(process))) {
      client.awaitStatus(run, "failed");
      seen.addAll(client.follow(run, seen.size()));
      for (int i = 0; i < seen.size(); i++) {
        assertEquals(Integer.toString(i + 1), text(seen.get(i), "id"));
      }
      assertTrue(process.output().contains("run ended"), process.output());
      process.signal("INT");
      assertEquals(0, process.exitCode());
    }
  }

  private static double followers(ServerClient client) {
    return MetricsTest.metrics(client).getOrDefault("millrace_streams_open", 0.0);
  }

  /** What is asked before is answered; who does not get on with it is not waited for twice. */
  @Test
  void aSecondSignalEndsItAtOnce() throws Exception {
    try (MillraceProcess process = server();
        Socket slow = new Socket(InetAddress.getLoopbackAddress(), port(process))) {
      String head =
          "PUT /v1/blobs/%s HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nhalf"
              .formatted("ab".repeat(32));
      slow.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      MillraceProcess.await(
          "it receives", () -> isNotEmpty(folder.resolve("state").resolve("uploads")));
      process.signal("TERM");
      MillraceProcess.await("it stops", () -> output(process).contains("stopping"));
      long begun = System.nanoTime();
      process.signal("TERM");
      assertEquals(ExitCode.CANCELLED, process.exitCode());
      assertTrue(System.nanoTime() - begun < 4_000_000_000L, "it took long");
    }
  }

  private static boolean isNotEmpty(Path directory) {
    try (var files = Files.list(directory)) {
      return files.findAny().isPresent();
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void aBrokenEngineEndsItsProcessSoThatItIsStartedAgain() throws Exception {
    Files.createFile(folder.resolve(BreakingExecutorProvider.OFFER));
    try (MillraceProcess process = server();
        ServerClient client = new ServerClient(port(process))) {
      client.submit(
          """
          {"version": 1, "name": "b", "steps": {"b": {"command": ["x"], "executor": "breaking"}}}\
          """);
      assertEquals(ExitCode.CANNOT_WORK, process.exitCode(), process.output());
      assertTrue(process.output().contains("broken on purpose"), process.output());
      assertTrue(process.output().contains("start it again"), process.output());
    }
  }

  @Test
  void optionsThatHaveNoSenseAreNamed() throws Exception {
    Shell shell = new Shell(folder);
    assertEquals(2, shell.millrace("server", "--log", "xml").exitCode());
    Shell.Done otlp = shell.millrace("server", "--otlp", "localhost");
    assertEquals(2, otlp.exitCode());
    assertTrue(otlp.err().contains("--otlp must be an address"), otlp.err());
  }

  private MillraceProcess server(String... more) throws IOException {
    List<String> words =
        new ArrayList<>(List.of("server", "--allow-local", "--state", "state", "--port", "0"));
    words.addAll(List.of(more));
    MillraceProcess process = MillraceProcess.start(folder, words.toArray(String[]::new));
    MillraceProcess.await("it listens", () -> ADDRESS.matcher(output(process)).find());
    return process;
  }

  private static int port(MillraceProcess process) {
    Matcher address = ADDRESS.matcher(output(process));
    return address.find() ? Integer.parseInt(address.group(1)) : -1;
  }

  private static List<JsonObject> logged(MillraceProcess process) {
    return output(process)
        .lines()
        .filter(line -> line.startsWith("{"))
        .map(line -> (JsonObject) JsonReader.read(line))
        .toList();
  }

  private static String output(MillraceProcess process) {
    try {
      return process.output();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

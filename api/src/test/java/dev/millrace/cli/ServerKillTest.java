package dev.millrace.cli;

import static dev.millrace.cli.ServerClient.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that is killed while many runs go on and are followed. */
class ServerKillTest {
  private static final int RUNS = Integer.getInteger("millrace.server.runs", 30);

  @TempDir private Path folder;

  @Test
  void everyRunEndsRightAndEveryFollowerSeesEachEventOnce() throws Exception {
    int port = freePort();
    List<CompletableFuture<List<JsonObject>>> followers = new ArrayList<>();
    List<String> runs = new ArrayList<>();
    try (ServerClient client = new ServerClient(port);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      try (MillraceProcess first = server(port)) {
        for (int i = 0; i < RUNS; i++) {
          String run = client.submit(pipeline(i));
          runs.add(run);
          followers.add(CompletableFuture.supplyAsync(() -> followAll(client, run), threads));
        }
        MillraceProcess.await(
            "some have succeeded", () -> client.status(runs.getFirst()).equals("succeeded"));
        first.signal("KILL");
        first.exitCode();
      }
      try (MillraceProcess second = server(port)) {
        for (int i = 0; i < RUNS; i++) {
          List<JsonObject> events = followers.get(i).join();
          for (int event = 0; event < events.size(); event++) {
            assertEquals(Integer.toString(event + 1), text(events.get(event), "id"));
          }
          assertEquals("dev.millrace.run.finished", text(events.getLast(), "type"));
          assertEquals("succeeded", client.status(runs.get(i)));
        }
        second.signal("TERM");
        assertEquals(0, second.exitCode(), second.output());
      }
    }
  }

  @Test
  void anAddressThatIsTakenIsNamed() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        MillraceProcess process =
            MillraceProcess.start(folder, "server", "--port", "" + taken.getLocalPort())) {
      assertEquals(3, process.exitCode());
      assertTrue(
          process.output().contains("cannot listen on 127.0.0.1:" + taken.getLocalPort()),
          process.output());
    }
  }

  @Test
  void addressesThatOthersCanReachAreRefused() throws Exception {
    try (MillraceProcess process =
        MillraceProcess.start(folder, "server", "--host", "0.0.0.0", "--port", "0")) {
      assertEquals(2, process.exitCode());
      assertTrue(process.output().contains("tokens"), process.output());
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private MillraceProcess server(int port) throws IOException {
    return server(folder, port);
  }

  static MillraceProcess server(Path folder, int port) throws IOException {
    MillraceProcess process =
        MillraceProcess.start(
            folder, "server", "--allow-local", "--state", "state", "--port", "" + port);
    MillraceProcess.await("it listens", () -> listens(process));
    return process;
  }

  private static boolean listens(MillraceProcess process) {
    try {
      return process.output().contains("listening on");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String pipeline(int number) {
    return """
    {"version": 1, "name": "kill", "steps": {
       "a": {"script": "sleep 0.0%d; echo %d"},
       "b": {"needs": ["a"], "script": "sleep 0.05; echo %d"},
       "c": {"needs": ["b"], "script": "echo %d"}}}\
    """
        .formatted(number % 10, number, number, number);
  }

  /** Follows a run to its end, over as many connections as it takes. */
  private static List<JsonObject> followAll(ServerClient client, String run) {
    List<JsonObject> events = new ArrayList<>();
    MillraceProcess.await(
        run + " has ended",
        () -> {
          client.follow(run, events);
          return !events.isEmpty()
              && text(events.getLast(), "type").equals("dev.millrace.run.finished");
        });
    return events;
  }
}

package dev.millrace.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.content.TinyDisk;
import dev.millrace.http.MillraceServer;
import dev.millrace.plan.ExecutorOffer;
import dev.millrace.plan.ImageUse;
import dev.millrace.runtime.Engine;
import dev.millrace.runtime.EngineConfig;
import dev.millrace.telemetry.Telemetry;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whether a server says that it cannot do its work. */
class ReadinessTest {
  private static final String BREAKING =
      """
      {"version": 1, "name": "b", "steps": {"b": {"command": ["x"], "executor": "breaking"}}}\
      """;

  @TempDir private Path folder;

  @Test
  void aFullDiskIsToldOfUntilThereIsRoomAgain() throws Exception {
    try (TinyDisk disk = TinyDisk.mount(folder.resolve("disk"), 8);
        MillraceServer server = ServerClient.server(disk.directory());
        ServerClient client = new ServerClient(server.port())) {
      assertEquals(200, client.send("GET", "/readyz", "").statusCode());
      disk.fill();
      HttpResponse<String> full = client.send("GET", "/readyz", "");
      assertEquals(503, full.statusCode(), full.body());
      assertTrue(full.body().contains("is full"), full.body());
      String refused =
          "{\"version\": 1, \"name\": \"n\", \"steps\": {\"a\": {\"script\": \"true\"}}}";
      int status = client.send("POST", "/v1/runs", "{\"pipeline\": " + refused + "}").statusCode();
      assertEquals(503, status);
      assertEquals(200, client.send("GET", "/healthz", "").statusCode());
      assertEquals(0, MetricsTest.metrics(client).get("millrace_ready"));
      disk.free();
      MillraceProcess.await("ready", () -> client.send("GET", "/readyz", "").statusCode() == 200);
    }
  }

  @Test
  void anEngineThatBrokeIsToldOf() throws Exception {
    EngineConfig config =
        new EngineConfig(folder, Map.of("cpus", 1.0), System.getenv("PATH"), Map.of(), false);
    Engine.Parts parts =
        new Engine.Parts(List.of(new BreakingExecutorProvider.BreakingExecutor()), () -> {});
    try (Telemetry telemetry = Telemetry.local();
        MillraceServer server =
            MillraceServer.start(
                new MillraceServer.Config(
                    "127.0.0.1",
                    0,
                    null,
                    null,
                    config,
                    parts,
                    Map.of("breaking", ExecutorOffer.of(ImageUse.NONE)),
                    _ -> {},
                    telemetry));
        ServerClient client = new ServerClient(server.port())) {
      client.submit(BREAKING);
      Throwable cause = server.broken().toCompletableFuture().get(30, TimeUnit.SECONDS);
      assertEquals("broken on purpose", cause.getMessage());
      HttpResponse<String> broken = client.send("GET", "/readyz", "");
      assertEquals(503, broken.statusCode());
      assertTrue(broken.body().contains("broken on purpose"), broken.body());
      assertEquals(200, client.send("GET", "/healthz", "").statusCode());
    }
  }
}

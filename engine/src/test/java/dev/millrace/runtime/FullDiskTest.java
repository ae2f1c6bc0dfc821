package dev.millrace.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.content.TinyDisk;
import dev.millrace.executor.Execution;
import dev.millrace.executor.ExecutionListener;
import dev.millrace.executor.ExecutionOutcome;
import dev.millrace.executor.ExecutionRequest;
import dev.millrace.executor.ResourceUsage;
import dev.millrace.executor.TaskExecutor;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonReader;
import dev.millrace.pipeline.PipelineParser;
import dev.millrace.plan.ExecutorOffer;
import dev.millrace.plan.ImageUse;
import dev.millrace.plan.PathProbe;
import dev.millrace.plan.Plan;
import dev.millrace.plan.PlanRequest;
import dev.millrace.plan.Planned;
import dev.millrace.plan.Planner;
import dev.millrace.run.RunEvent;
import dev.millrace.run.RunStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run on a disk that is full: it says so, waits, and goes on; nothing fails. */
class FullDiskTest {
  private static final int MEGABYTE = 1 << 20;

  private static final String PIPELINE =
      """
      {"version": 1, "name": "full", "steps": {
        "a": {"command": ["a"], "executor": "writing", "outputs": {"o": "out"}},
        "b": {"command": ["b"], "executor": "writing", "outputs": {"o": "out"},
              "inputs": {"i": {"from": "a.o"}}}}}\
      """;

  @TempDir Path folder;

  @Test
  void aRunWaitsForSpaceAndGoesOn() throws Exception {
    try (TinyDisk disk = TinyDisk.mount(folder.resolve("disk"), 12)) {
      disk.fill(MEGABYTE);
      List<String> troubles = Collections.synchronizedList(new ArrayList<>());
      List<RunEvent> facts = Collections.synchronizedList(new ArrayList<>());
      RunEnd end = run(disk.directory().resolve("state"), listener(disk, troubles, facts));
      assertEquals(RunStatus.SUCCEEDED, end.status(), facts.toString());
      assertTrue(!troubles.isEmpty(), "it said nothing");
      assertTrue(troubles.getFirst().contains("space"), troubles.getFirst());
      assertTrue(
          facts.stream().noneMatch(fact -> fact instanceof RunEvent.AttemptFailed),
          facts.toString());
    }
  }

  /** Makes room as soon as the run says that there is none. */
  private static RunListener listener(TinyDisk disk, List<String> troubles, List<RunEvent> facts) {
    return new RunListener() {
      @Override
      public void committed(RunView run, List<CommittedFact> committed) {
        committed.forEach(fact -> facts.add(fact.event()));
      }

      @Override
      public void trouble(String message) {
        troubles.add(message);
        try {
          if (troubles.size() == 1) {
            disk.free();
          }
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    };
  }

  private static RunEnd run(Path state, RunListener listener) throws Exception {
    Plan plan = plan();
    EngineConfig config = new EngineConfig(state, Map.of("cpus", 1.0), "/bin", Map.of(), false);
    Engine.Parts parts = new Engine.Parts(List.of(new WritingExecutor()), () -> {});
    try (Engine engine = Engine.open(config, "test", parts)) {
      Submission submission =
          new Submission(plan.pipeline().source(), Map.of(), Map.of(), Map.of(), false);
      return engine
          .run(plan, submission, path -> {}, listener)
          .done()
          .toCompletableFuture()
          .get(60, TimeUnit.SECONDS);
    }
  }

  private static Plan plan() throws IOException {
    JsonObject json = (JsonObject) JsonReader.read(PIPELINE.getBytes(StandardCharsets.UTF_8));
    PipelineParser.Parsed parsed = (PipelineParser.Parsed) PipelineParser.parse(json);
    PlanRequest request =
        new PlanRequest(
            parsed.pipeline(),
            Map.of(),
            Map.of(),
            Map.of("writing", ExecutorOffer.of(ImageUse.NONE)),
            PathProbe.ANY);
    return ((Planned.Ok) Planner.plan(request)).plan();
  }

  /** Writes a megabyte and a half, or fails as a command does that cannot. */
  private static final class WritingExecutor implements TaskExecutor {
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @Override
    public String name() {
      return "writing";
    }

    @Override
    public Execution start(ExecutionRequest request, ExecutionListener listener) {
      threads.execute(() -> listener.ended(write(request)));
      return () -> {};
    }

    private static ExecutionOutcome write(ExecutionRequest request) {
      try {
        byte[] bytes = new byte[MEGABYTE + MEGABYTE / 2];
        bytes[0] = (byte) request.argv().getFirst().charAt(0);
        Files.write(request.workingDirectory().resolve("out"), bytes);
        return new ExecutionOutcome.Exited(0, ResourceUsage.NONE);
      } catch (IOException e) {
        return new ExecutionOutcome.Exited(1, ResourceUsage.NONE);
      }
    }

    @Override
    public void close() {
      threads.shutdown();
    }
  }
}

package dev.millrace.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonReader;
import dev.millrace.pipeline.PipelineParser;
import dev.millrace.plan.PathProbe;
import dev.millrace.plan.Plan;
import dev.millrace.plan.PlanRequest;
import dev.millrace.plan.Planned;
import dev.millrace.plan.Planner;
import dev.millrace.run.RunStatus;
import dev.millrace.runtime.Engine;
import dev.millrace.runtime.EngineConfig;
import dev.millrace.runtime.RunHandle;
import dev.millrace.runtime.RunListener;
import dev.millrace.runtime.SourceProvider;
import dev.millrace.runtime.Submission;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several runs in one engine that want the same result. */
class SingleFlightTest {
  @TempDir Path folder;

  @Test
  void whatTwoRunsWantIsRunOnce() throws Exception {
    Plan plan =
        plan(
            """
            {
              "version": 1, "name": "flight",
              "steps": {
                "slow": { "script": "echo x >> FOLDER/count; while ! test -e FOLDER/go; do sleep 0.02; done; echo 1 > o",
                          "outputs": { "o": "o" } },
                "below": { "script": "cat inputs/o >> FOLDER/below",
                           "inputs": { "o": { "from": "slow.o" } } }
              }
            }
            """
                .replace("FOLDER", folder.toString()));
    Path state = folder.resolve("state");
    EngineConfig config =
        new EngineConfig(state, Map.of("cpus", 4.0), System.getenv("PATH"), Map.of(), false);
    Engine.Parts parts = Installed.forPipeline(plan.pipeline()).parts(state);
    try (Engine engine = Engine.open(config, "test", parts)) {
      List<RunHandle> runs = new ArrayList<>();
      for (String name : List.of("one", "two", "three")) {
        JsonObject document = plan.pipeline().source();
        Submission submission =
            new Submission(document, Map.of(), Map.of(), Map.of("name", name), false);
        runs.add(engine.run(plan, submission, SourceProvider.NONE, RunListener.NONE));
      }
      MillraceProcess.await("the first runs", () -> Files.exists(folder.resolve("count")));
      Files.createFile(folder.resolve("go"));
      for (RunHandle run : runs) {
        assertEquals(
            RunStatus.SUCCEEDED,
            run.done().toCompletableFuture().get(60, TimeUnit.SECONDS).status());
      }
    }
    assertEquals("x\n", Files.readString(folder.resolve("count")));
    assertEquals("1\n", Files.readString(folder.resolve("below")));
  }

  private static Plan plan(String document) throws IOException {
    JsonObject json = (JsonObject) JsonReader.read(document.getBytes(StandardCharsets.UTF_8));
    if (PipelineParser.parse(json) instanceof PipelineParser.Parsed(var pipeline)
        && Planner.plan(
                new PlanRequest(
                    pipeline,
                    Map.of(),
                    Map.of(),
                    Installed.forPipeline(pipeline).offers(),
                    PathProbe.ANY))
            instanceof Planned.Ok(var plan)) {
      return plan;
    }
    throw new IOException("not a good document: " + document);
  }
}

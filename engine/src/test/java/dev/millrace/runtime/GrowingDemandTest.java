package dev.millrace.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import dev.millrace.run.FailureKind;
import dev.millrace.run.RunEvent;
import dev.millrace.run.RunStatus;
import java.nio.charset.StandardCharsets;
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

/** A step that asks for more with each attempt. */
class GrowingDemandTest {
  private static final double MEBI = 1 << 20;

  private static final String PIPELINE =
      """
      {"version": 1, "name": "growing", "steps": {
        "fit": {"command": ["fit"], "executor": "small",
                "resources": {"memory": "${{ attempt * 512 }}Mi"},
                "retry": {"attempts": 4, "delay": "0s", "on": ["oom", "failure"]}}}}\
      """;

  private final List<RunEvent> facts = Collections.synchronizedList(new ArrayList<>());
  private final SmallExecutor executor = new SmallExecutor();

  @TempDir Path folder;

  @Test
  void eachAttemptAsksForMore() throws Exception {
    assertEquals(RunStatus.SUCCEEDED, run(2048 * MEBI), facts.toString());
    assertEquals(List.of(512 * MEBI, 1024 * MEBI, 1536 * MEBI), executor.memory);
    List<FailureKind> kinds = new ArrayList<>();
    for (RunEvent fact : facts) {
      if (fact instanceof RunEvent.AttemptFailed failed) {
        kinds.add(failed.failure().kind());
      }
    }
    assertEquals(List.of(FailureKind.OOM, FailureKind.USER), kinds);
  }

  @Test
  void anAttemptThatAsksForTooMuchFailsAndSaysSo() throws Exception {
    assertEquals(RunStatus.FAILED, run(1024 * MEBI), facts.toString());
    assertEquals(List.of(512 * MEBI, 1024 * MEBI), executor.memory);
    RunEvent.TaskFailed failed =
        facts.stream()
            .filter(RunEvent.TaskFailed.class::isInstance)
            .map(RunEvent.TaskFailed.class::cast)
            .findFirst()
            .orElseThrow(() -> new AssertionError(facts.toString()));
    assertEquals(FailureKind.RESOURCES, failed.failure().kind());
    assertTrue(failed.failure().message().contains("no worker is large enough"), failed.toString());
  }

  private RunStatus run(double memory) throws Exception {
    Plan plan = plan();
    Map<String, Double> resources = Map.of("cpus", 1.0, "memory", memory);
    EngineConfig config = new EngineConfig(folder, resources, "/bin", Map.of(), false);
    try (Engine engine =
        Engine.open(config, "test", new Engine.Parts(List.of(executor), () -> {}))) {
      Submission submission =
          new Submission(plan.pipeline().source(), Map.of(), Map.of(), Map.of(), false);
      RunListener listener =
          new RunListener() {
            @Override
            public void committed(RunView run, List<CommittedFact> committed) {
              committed.forEach(fact -> facts.add(fact.event()));
            }

            @Override
            public void trouble(String message) {
              throw new AssertionError(message);
            }
          };
      return engine
          .run(plan, submission, SourceProvider.NONE, listener)
          .done()
          .toCompletableFuture()
          .get(60, TimeUnit.SECONDS)
          .status();
    }
  }

  private static Plan plan() {
    JsonObject json = (JsonObject) JsonReader.read(PIPELINE.getBytes(StandardCharsets.UTF_8));
    PipelineParser.Parsed parsed = (PipelineParser.Parsed) PipelineParser.parse(json);
    Map<String, ExecutorOffer> executors = Map.of("small", ExecutorOffer.of(ImageUse.NONE));
    Planned planned =
        Planner.plan(
            new PlanRequest(parsed.pipeline(), Map.of(), Map.of(), executors, PathProbe.ANY));
    return assertInstanceOf(Planned.Ok.class, planned).plan();
  }

  /** Its first command runs out of memory, its second fails, all others succeed. */
  private static final class SmallExecutor implements TaskExecutor {
    private final ExecutorService threads = Executors.newSingleThreadExecutor();
    private final List<Double> memory = Collections.synchronizedList(new ArrayList<>());

    @Override
    public String name() {
      return "small";
    }

    @Override
    public Execution start(ExecutionRequest request, ExecutionListener listener) {
      memory.add(request.resources().getOrDefault("memory", 0.0));
      int number = memory.size();
      threads.execute(() -> listener.ended(outcome(number)));
      return () -> {};
    }

    private static ExecutionOutcome outcome(int number) {
      return number == 1
          ? new ExecutionOutcome.OutOfMemory(ResourceUsage.NONE)
          : new ExecutionOutcome.Exited(number == 2 ? 1 : 0, ResourceUsage.NONE);
    }

    @Override
    public void close() {
      threads.shutdown();
    }
  }
}

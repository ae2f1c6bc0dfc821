package dev.millrace.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.dispatch.AttemptRef;
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
import dev.millrace.run.TaskPhase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is told to those who watch an engine, and that they cannot hurt it. */
class EngineObserverTest {
  private static final String PIPELINE =
      """
      {"version": 1, "name": "p", "steps": {
        "a": {"command": ["a"], "executor": "quick"},
        "b": {"command": ["b"], "executor": "quick", "needs": ["a"]}}}\
      """;

  @TempDir private Path folder;

  @Test
  void aRunIsToldFromItsBeginningToItsEnd() throws Exception {
    List<String> told = Collections.synchronizedList(new ArrayList<>());
    List<Integer> commits = Collections.synchronizedList(new ArrayList<>());
    EngineObserver observer =
        new EngineObserver() {
          @Override
          public void taken(Taken run) {
            told.add("taken " + run.labels() + " " + run.continued());
          }

          @Override
          public void committed(RunView run, List<CommittedFact> facts) {
            facts.forEach(fact -> told.add(name(fact.event())));
          }

          @Override
          public void left(String run) {
            told.add("left");
          }

          @Override
          public void began(AttemptRef attempt, long atMillis) {
            told.add("began");
          }

          @Override
          public void journal(int changes, long nanos, @Nullable IOException failure) {
            commits.add(changes);
          }
        };
    run(observer);
    assertEquals(2, Collections.frequency(told, "began"));
    told.removeIf(one -> one.equals("began"));
    assertEquals(
        List.of(
            "taken {by=me} false",
            "RunAccepted",
            "TaskQueued",
            "AttemptStarted",
            "AttemptSucceeded",
            "TaskQueued",
            "AttemptStarted",
            "AttemptSucceeded",
            "RunFinished",
            "left"),
        told.stream().filter(one -> !one.equals("StepExpanded")).toList());
    assertTrue(commits.stream().mapToInt(Integer::intValue).sum() >= 4, commits.toString());
  }

  private static String name(RunEvent event) {
    return event.getClass().getSimpleName();
  }

  @Test
  void anObserverThatThrowsHarmsNobody() throws Exception {
    run(
        new EngineObserver() {
          @Override
          public void taken(Taken run) {
            throw new IllegalStateException("on purpose");
          }

          @Override
          public void committed(RunView run, List<CommittedFact> facts) {
            throw new IllegalStateException("on purpose");
          }

          @Override
          public void began(AttemptRef attempt, long atMillis) {
            throw new IllegalStateException("on purpose");
          }

          @Override
          public void journal(int changes, long nanos, @Nullable IOException failure) {
            throw new IllegalStateException("on purpose");
          }
        });
  }

  private void run(EngineObserver observer) throws Exception {
    EngineConfig config = new EngineConfig(folder, Map.of("cpus", 1.0), "/bin", Map.of(), false);
    Engine.Parts parts =
        new Engine.Parts(List.of(new QuickExecutor()), () -> {}).observedBy(observer);
    Plan plan = plan();
    try (Engine engine = Engine.open(config, "test", parts)) {
      assertEquals(Optional.empty(), engine.unfit());
      Submission submission =
          new Submission(plan.pipeline().source(), Map.of(), Map.of(), Map.of("by", "me"), false);
      RunEnd end =
          engine
              .run(plan, submission, SourceProvider.NONE, RunListener.NONE)
              .done()
              .toCompletableFuture()
              .get(60, TimeUnit.SECONDS);
      assertEquals(RunStatus.SUCCEEDED, end.status());
      EngineLoad load = engine.load().toCompletableFuture().get(60, TimeUnit.SECONDS);
      assertEquals(0, load.runs());
      assertEquals(0, load.tasks().get(TaskPhase.RUNNING));
    }
  }

  private static Plan plan() {
    JsonObject json = (JsonObject) JsonReader.read(PIPELINE.getBytes(StandardCharsets.UTF_8));
    PipelineParser.Parsed parsed = (PipelineParser.Parsed) PipelineParser.parse(json);
    Map<String, ExecutorOffer> executors = Map.of("quick", ExecutorOffer.of(ImageUse.NONE));
    Planned planned =
        Planner.plan(
            new PlanRequest(parsed.pipeline(), Map.of(), Map.of(), executors, PathProbe.ANY));
    return assertInstanceOf(Planned.Ok.class, planned).plan();
  }

  /** Its commands succeed at once. */
  private static final class QuickExecutor implements TaskExecutor {
    private final ExecutorService threads = Executors.newSingleThreadExecutor();

    @Override
    public String name() {
      return "quick";
    }

    @Override
    public Execution start(ExecutionRequest request, ExecutionListener listener) {
      threads.execute(() -> listener.ended(new ExecutionOutcome.Exited(0, ResourceUsage.NONE)));
      return () -> {};
    }

    @Override
    public void close() {
      threads.shutdown();
    }
  }
}

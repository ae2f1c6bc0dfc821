package dev.millrace.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.cache.Action;
import dev.millrace.cache.ActionCodec;
import dev.millrace.cache.InMemoryActionCache;
import dev.millrace.content.InMemoryContentStore;
import dev.millrace.content.Trees;
import dev.millrace.dispatch.Assignment;
import dev.millrace.dispatch.AttemptReport;
import dev.millrace.dispatch.PreparedTask;
import dev.millrace.executor.Execution;
import dev.millrace.executor.ExecutionListener;
import dev.millrace.executor.ExecutionOutcome;
import dev.millrace.executor.ExecutionRequest;
import dev.millrace.executor.ResourceUsage;
import dev.millrace.executor.TaskExecutor;
import dev.millrace.pipeline.CacheSpec;
import dev.millrace.sandbox.SandboxRoot;
import dev.millrace.schedule.Demand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An attempt that is expected is made ready, and nothing else. */
@Timeout(60)
class ExpectedAttemptTest {
  @TempDir Path directory;

  private final List<String> started = Collections.synchronizedList(new ArrayList<>());
  private final EventLoop loop = new EventLoop("loop", failure -> {});
  private SandboxRoot root;
  private SandboxedAttempts attempts;

  @BeforeEach
  void open() throws IOException {
    Trees trees = new Trees(new InMemoryContentStore());
    root = SandboxRoot.open(directory.resolve("sb"), trees);
    EngineConfig config = new EngineConfig(directory, Map.of(), "/bin", Map.of(), false);
    AttemptSandbox.Factory sandboxes =
        new AttemptSandbox.Factory(
            config,
            () -> root,
            new ResultReader(trees.store()),
            new InMemoryActionCache(InstantSource.system()),
            trees,
            "worker");
    attempts =
        new SandboxedAttempts(
            Map.of("fake", new FakeExecutor()),
            sandboxes,
            new Stalls(loop, trouble -> {}),
            new DiskSpace(directory));
  }

  @AfterEach
  void close() throws IOException {
    loop.close();
    attempts.close();
    root.close();
    assertEquals(List.of(), children(directory.resolve("sb")));
  }

  @Test
  void oneThatIsStartedRunsOnce() throws Exception {
    Assignment assignment = assignment(0);
    attempts.expect(assignment);
    attempts.expect(assignment);
    CompletableFuture<AttemptReport> ended = new CompletableFuture<>();
    attempts.start(assignment, ended::complete);
    assertInstanceOf(AttemptReport.Done.class, ended.get(30, TimeUnit.SECONDS));
    assertEquals(List.of(assignment.ref().toString()), started);
  }

  @Test
  void oneThatIsNotStartedIsNotRunAndLeavesNothing() throws Exception {
    attempts.expect(assignment(0));
    attempts.close();
    assertEquals(List.of(), started);
  }

  @Test
  void oneThatIsStoppedAtOnceIsNotRun() throws Exception {
    Assignment assignment = assignment(0);
    CompletableFuture<AttemptReport> ended = new CompletableFuture<>();
    attempts.expect(assignment);
    attempts.start(assignment, ended::complete).stop();
    AttemptReport report = ended.get(30, TimeUnit.SECONDS);
    assertTrue(
        report instanceof AttemptReport.Stopped || report instanceof AttemptReport.Done,
        report.toString());
    assertEquals(report instanceof AttemptReport.Stopped ? 0 : 1, started.size());
  }

  @Test
  void thePreparationForAnotherOwnersTaskIsNotTaken() throws Exception {
    attempts.expect(assignment(0));
    CompletableFuture<AttemptReport> ended = new CompletableFuture<>();
    Assignment other = assignment(1);
    attempts.start(other, ended::complete);
    assertInstanceOf(AttemptReport.Done.class, ended.get(30, TimeUnit.SECONDS));
    assertEquals(List.of(other.ref().toString()), started);
  }

  /** Those with different priorities are of the same name, and prepared differently. */
  private static Assignment assignment(int priority) {
    Action action =
        new Action(
            new Action.Command.Argv(List.of("true")),
            new TreeMap<>(),
            new TreeMap<>(),
            new TreeMap<>(),
            new TreeMap<>(),
            "");
    PreparedTask task =
        new PreparedTask(
            "run",
            0,
            "step",
            "step",
            "p/step",
            ActionCodec.key(action),
            action,
            CacheSpec.Mode.ON,
            List.of(),
            Map.of(),
            null,
            null,
            new Demand("fake", Map.of()),
            priority,
            0,
            null);
    return new Assignment(task, 1);
  }

  private static List<Path> children(Path folder) throws IOException {
    try (Stream<Path> children = Files.list(folder)) {
      return children.toList();
    }
  }

  private final class FakeExecutor implements TaskExecutor {
    @Override
    public String name() {
      return "fake";
    }

    @Override
    public Execution start(ExecutionRequest request, ExecutionListener listener) {
      started.add(request.attemptId());
      listener.ended(new ExecutionOutcome.Exited(0, ResourceUsage.NONE));
      return () -> {};
    }

    @Override
    public void close() {}
  }
}

package dev.millrace.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.cache.Explanation;
import dev.millrace.executor.Execution;
import dev.millrace.executor.ExecutionListener;
import dev.millrace.executor.ExecutionOutcome;
import dev.millrace.executor.ExecutionRequest;
import dev.millrace.executor.ImagePin;
import dev.millrace.executor.Leftover;
import dev.millrace.executor.ResourceUsage;
import dev.millrace.executor.TaskExecutor;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonReader;
import dev.millrace.pipeline.ContainerSpec;
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
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs on an executor with images, whose attempts can outlive their engine. */
@Timeout(60)
class ContainerRunsTest {
  private static final String PIPELINE =
      """
      {"version": 1, "name": "boxed",
       "defaults": {"executor": "boxes", "image": "tools:1"},
       "steps": {
         "a": {"command": ["a"], "outputs": {"o": "out"}},
         "b": {"command": ["b"], "matrix": {"n": [1, 2, 3]}, "needs": ["a"]}}}\
      """;

  @TempDir Path folder;

  private final Boxes boxes = new Boxes();
  private final List<RunEvent> facts = new CopyOnWriteArrayList<>();
  private final LinkedBlockingQueue<String> troubles = new LinkedBlockingQueue<>();
  private final RunListener listener =
      new RunListener() {
        @Override
        public void committed(RunView run, List<CommittedFact> committed) {
          committed.forEach(fact -> facts.add(fact.event()));
        }

        @Override
        public void trouble(String message) {
          troubles.add(message);
        }
      };

  @Test
  void aNameIsLookedUpOnceInARun() throws Exception {
    assertEquals(RunStatus.SUCCEEDED, run().status());
    assertEquals(1, boxes.pins.get());
    assertEquals(List.of(new RunEvent.ImagePinned("boxes", "tools:1", "sha256:01")), pinned());
    assertTrue(indexOf(RunEvent.ImagePinned.class) < indexOf(RunEvent.TaskQueued.class));
    assertTrue(boxes.used.stream().allMatch("sha256:01"::equals), boxes.used.toString());
  }

  @Test
  void aTagThatHasMovedIsAMissThatSaysSo() throws Exception {
    var _ = run();
    boxes.images.put("tools:1", new ImagePin.Pinned("sha256:02"));
    facts.clear();
    var _ = run();
    RunEvent.TaskQueued queued =
        (RunEvent.TaskQueued)
            facts.stream().filter(RunEvent.TaskQueued.class::isInstance).findFirst().orElseThrow();
    Explanation.Changed changed = assertInstanceOf(Explanation.Changed.class, queued.why());
    assertEquals(1, changed.changes().size());
    assertTrue(changed.changes().getFirst().toString().contains("image"), changed::toString);
    assertTrue(changed.changes().getFirst().toString().contains("sha256:02"), changed::toString);
    facts.clear();
    var _ = run();
    assertTrue(facts.stream().noneMatch(RunEvent.TaskQueued.class::isInstance));
  }

  @Test
  void aNewNameOfTheSameImageIsAHit() throws Exception {
    var _ = run();
    facts.clear();
    boxes.images.put("tools:2", new ImagePin.Pinned("sha256:01"));
    var _ = run(PIPELINE.replace("tools:1", "tools:2"));
    assertTrue(facts.stream().noneMatch(RunEvent.TaskQueued.class::isInstance));
  }

  @Test
  void anImageThatCannotBeHadFailsTheTask() throws Exception {
    boxes.images.put("tools:1", new ImagePin.Refused("no such image; pull it"));
    assertEquals(RunStatus.FAILED, run().status());
    RunEvent.TaskFailed failed =
        (RunEvent.TaskFailed)
            facts.stream().filter(RunEvent.TaskFailed.class::isInstance).findFirst().orElseThrow();
    assertEquals(FailureKind.USER, failed.failure().kind());
    assertEquals("no such image; pull it", failed.failure().message());
  }

  @Test
  void whatCannotBeSaidNowIsAskedAgain() throws Exception {
    boxes.images.put("tools:1", new ImagePin.Unavailable("it does not answer"));
    boxes.progress = "half of it is here";
    try (Engine engine = open()) {
      RunHandle handle = engine.run(plan(PIPELINE), submission(PIPELINE), path -> {}, listener);
      assertEquals("half of it is here", troubles.poll(30, TimeUnit.SECONDS));
      assertEquals("it does not answer; trying again", troubles.poll(30, TimeUnit.SECONDS));
      boxes.images.put("tools:1", new ImagePin.Pinned("sha256:01"));
      assertEquals(RunStatus.SUCCEEDED, end(handle).status());
    }
    assertTrue(facts.stream().noneMatch(RunEvent.AttemptFailed.class::isInstance));
  }

  @Test
  void anInterruptedRunGoesOnWithTheImagesThatItHad() throws Exception {
    String run = interrupted();
    try (Engine engine = open()) {
      RunHandle handle = engine.run(plan(PIPELINE), submission(PIPELINE), path -> {}, listener);
      assertEquals(run, handle.id());
      var _ = end(handle);
    }
    assertEquals(1, pinned().size());
  }

  @Test
  void whereATagHasMovedWhatIsAskedForIsAnotherRun() throws Exception {
    String run = interrupted();
    boxes.images.put("tools:1", new ImagePin.Pinned("sha256:02"));
    try (Engine engine = open()) {
      RunHandle handle = engine.run(plan(PIPELINE), submission(PIPELINE), path -> {}, listener);
      assertFalse(run.equals(handle.id()));
      var _ = end(handle);
    }
  }

  @Test
  void anAttemptOfADeadEngineIsTakenOver() throws Exception {
    String run = interrupted();
    Path sandbox = deadSandbox("1");
    Leftover wanted = new Leftover(run + "/0/1", sandbox);
    Leftover old = new Leftover(run + "/0/7", deadSandbox("2"));
    Leftover ofNobody = new Leftover("20200101-000000-aaaaa/0/1", deadSandbox("3"));
    boxes.left.addAll(List.of(wanted, old, ofNobody));
    facts.clear();
    try (Engine engine = open()) {
      RunHandle handle = engine.run(plan(PIPELINE), submission(PIPELINE), path -> {}, listener);
      assertEquals(run, handle.id());
      assertEquals(RunStatus.SUCCEEDED, end(handle).status());
    }
    assertEquals(List.of(wanted), boxes.adopted);
    assertEquals(List.of(old, ofNobody).toString(), sorted(boxes.discarded).toString());
    assertTrue(facts.stream().noneMatch(RunEvent.AttemptFailed.class::isInstance), facts::toString);
    assertEquals(
        1,
        facts.stream()
            .filter(fact -> fact instanceof RunEvent.AttemptSucceeded done && done.task() == 0)
            .count());
    assertTrue(Files.notExists(sandbox), "the sandbox that was taken over was left");
  }

  @Test
  void anAttemptOfARunThatIsNotGoneOnWithIsLeftAlone() throws Exception {
    Leftover waiting = new Leftover(interrupted() + "/0/1", deadSandbox("1"));
    boxes.left.add(waiting);
    String other = PIPELINE.replace("boxed", "other");
    assertEquals(RunStatus.SUCCEEDED, run(other).status());
    assertEquals(List.of(), boxes.discarded);
    assertTrue(Files.isDirectory(waiting.workingDirectory()));
  }

  private static List<Leftover> sorted(List<Leftover> leftovers) {
    List<Leftover> sorted = new ArrayList<>(leftovers);
    sorted.sort((a, b) -> a.workingDirectory().compareTo(b.workingDirectory()));
    return sorted;
  }

  /** Returns the sandbox of a dead engine, as one leaves it. */
  private Path deadSandbox(String name) throws IOException {
    Path dead = folder.toRealPath().resolve("state/sandboxes/1-dead");
    Path sandbox = dead.resolve(name);
    Files.createDirectories(sandbox.resolve("tmp"));
    Files.createDirectories(sandbox.resolve("inputs"));
    Path lock = Path.of(dead + ".lock");
    if (Files.notExists(lock)) {
      Files.createFile(lock);
    }
    return sandbox;
  }

  /** Leaves a run of which the first attempt was under way. */
  private String interrupted() throws Exception {
    boxes.hang = true;
    try (Engine engine = open()) {
      RunHandle handle = engine.run(plan(PIPELINE), submission(PIPELINE), path -> {}, listener);
      assertTrue(boxes.hanging.tryAcquire(30, TimeUnit.SECONDS));
      return handle.id();
    } finally {
      boxes.hang = false;
    }
  }

  private List<RunEvent> pinned() {
    return facts.stream().filter(RunEvent.ImagePinned.class::isInstance).toList();
  }

  private int indexOf(Class<?> kind) {
    return facts.stream().map(Object::getClass).toList().indexOf(kind);
  }

  private RunEnd run() throws Exception {
    return run(PIPELINE);
  }

  private RunEnd run(String pipeline) throws Exception {
    try (Engine engine = open()) {
      return end(engine.run(plan(pipeline), submission(pipeline), path -> {}, listener));
    }
  }

  private static RunEnd end(RunHandle handle) throws Exception {
    return handle.done().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private Engine open() throws IOException {
    EngineConfig config =
        new EngineConfig(folder.resolve("state"), Map.of("cpus", 2.0), "/bin", Map.of(), false);
    return Engine.open(config, "test", new Engine.Parts(List.of(boxes), () -> {}));
  }

  private static Submission submission(String pipeline) throws IOException {
    return new Submission(plan(pipeline).pipeline().source(), Map.of(), Map.of(), Map.of(), false);
  }

  private static Plan plan(String pipeline) throws IOException {
    JsonObject json = (JsonObject) JsonReader.read(pipeline.getBytes(StandardCharsets.UTF_8));
    PipelineParser.Parsed parsed = (PipelineParser.Parsed) PipelineParser.parse(json);
    return ((Planned.Ok)
            Planner.plan(
                new PlanRequest(
                    parsed.pipeline(),
                    Map.of(),
                    Map.of(),
                    Map.of("boxes", ExecutorOffer.of(ImageUse.REQUIRED)),
                    PathProbe.ANY)))
        .plan();
  }

  /** Knows images by their names, and what it is told was left. */
  private static final class Boxes implements TaskExecutor {
    private final Map<String, ImagePin> images =
        new ConcurrentHashMap<>(Map.of("tools:1", new ImagePin.Pinned("sha256:01")));
    private final AtomicInteger pins = new AtomicInteger();
    private final List<String> used = new CopyOnWriteArrayList<>();
    private final List<Leftover> left = new CopyOnWriteArrayList<>();
    private final List<Leftover> adopted = new CopyOnWriteArrayList<>();
    private final List<Leftover> discarded = new CopyOnWriteArrayList<>();
    private final Semaphore hanging = new Semaphore(0);
    private final ExecutorService threads =
        Executors.newCachedThreadPool(Thread.ofPlatform().daemon().factory());
    private volatile boolean hang;
    private volatile String progress = "";

    @Override
    public String name() {
      return "boxes";
    }

    @Override
    public ImagePin pin(String image, ContainerSpec.Pull pull, Consumer<String> told) {
      pins.incrementAndGet();
      if (!progress.isEmpty()) {
        told.accept(progress);
        progress = "";
      }
      return images.getOrDefault(image, new ImagePin.Refused("none"));
    }

    @Override
    public List<Leftover> leftovers() {
      return List.copyOf(left);
    }

    @Override
    public void discard(Leftover leftover) {
      discarded.add(leftover);
    }

    @Override
    public Execution adopt(
        Leftover leftover, ExecutionRequest request, ExecutionListener listener) {
      adopted.add(leftover);
      assertEquals(leftover.workingDirectory(), request.workingDirectory());
      return finish(request, listener);
    }

    @Override
    public Execution start(ExecutionRequest request, ExecutionListener listener) {
      used.add(request.container() == null ? "none" : request.container().imageId());
      if (hang) {
        hanging.release();
        return () ->
            threads.execute(
                () -> listener.ended(new ExecutionOutcome.Cancelled(ResourceUsage.NONE)));
      }
      return finish(request, listener);
    }

    private Execution finish(ExecutionRequest request, ExecutionListener listener) {
      threads.execute(
          () -> {
            try {
              Files.writeString(request.workingDirectory().resolve("out"), "made");
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
            listener.ended(new ExecutionOutcome.Exited(0, ResourceUsage.NONE));
          });
      return () -> {};
    }

    @Override
    public void close() {}
  }
}

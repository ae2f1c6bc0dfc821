package dev.millrace.runtime;

import dev.millrace.cache.ActionCache;
import dev.millrace.cache.ActionResult;
import dev.millrace.content.Artifact;
import dev.millrace.content.InMemoryContentStore;
import dev.millrace.digest.Digest;
import dev.millrace.dispatch.Assignment;
import dev.millrace.dispatch.AttemptRef;
import dev.millrace.dispatch.AttemptReport;
import dev.millrace.dispatch.AttemptRunner;
import dev.millrace.dispatch.PreparedTask;
import dev.millrace.dispatch.ToWorker;
import dev.millrace.dispatch.WorkerAgent;
import dev.millrace.executor.ResourceUsage;
import dev.millrace.pipeline.OutputSpec;
import dev.millrace.run.Failure;
import dev.millrace.run.FailureKind;
import dev.millrace.runtime.invariant.Observation;
import dev.millrace.schedule.WorkerSpec;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A worker process: the real agent, over attempts that take simulated time and leave what their
 * action says, fail, or find that an input is gone.
 */
final class SimulatedWorker extends SimulatedProcess implements AttemptRunner {
  private static final int SHORT = 30;
  private static final int LONG = 3_000;
  private static final int LONGEST = 20_000;
  private static final List<FailureKind> KINDS =
      List.of(FailureKind.USER, FailureKind.USER, FailureKind.TIMEOUT, FailureKind.OOM);

  private final WorkerSpec spec;
  private final World world;
  private final WorkerAgent agent;
  private final ResultRecorder recorder;
  private final Map<AttemptRef, Demanded> active = new LinkedHashMap<>();

  /**
   * What all workers share.
   *
   * @param known every blob that was ever stored
   */
  record World(
      SimulatedTime time,
      SimulatedNetwork network,
      ActionCache cache,
      InMemoryContentStore store,
      Set<Digest> known,
      Consumer<Observation> observer) {}

  private record Demanded(Map<String, Double> amounts) {}

  SimulatedWorker(WorkerSpec spec, World world) {
    this.spec = spec;
    this.world = world;
    agent = new WorkerAgent(spec, this, world.network, () -> world.time.now() * 1_000_000);
    recorder = new ResultRecorder(world.cache, true);
  }

  /** Begins to tell of itself. */
  void tick() {
    run(agent::tick);
    if (!isDead()) {
      world.time.in(EngineNode.TICK_MILLIS, this::tick);
    }
  }

  String address() {
    return spec.name();
  }

  void receive(ToWorker message) {
    run(() -> agent.receive(message));
  }

  void stall(@Nullable String reason) {
    run(() -> agent.stall(reason));
  }

  Set<AttemptRef> active() {
    return active.keySet();
  }

  @Override
  public Running start(Assignment assignment, Consumer<AttemptReport> ended) {
    PreparedTask task = assignment.prepared();
    active.put(assignment.ref(), new Demanded(task.demand().amounts()));
    checkRoom();
    boolean known =
        task.action().inputs().values().stream().allMatch(input -> isKnown(input.digest()));
    world.observer.accept(new Observation.Began(spec.name(), assignment, known));
    Attempt attempt = new Attempt(assignment, ended);
    int longest = world.time.oneIn(10) ? world.time.oneIn(10) ? LONGEST : LONG : SHORT;
    int millis = world.time.draw(longest);
    world.time.in(1 + millis, () -> run(() -> attempt.end(null)));
    return () -> world.time.in(1, () -> run(() -> attempt.end(new AttemptReport.Stopped())));
  }

  private boolean isKnown(Digest digest) {
    return digest.size() == 0 || world.known.contains(digest) || world.store.contains(digest);
  }

  private void checkRoom() {
    Map<String, Double> taken = new HashMap<>();
    active
        .values()
        .forEach(one -> one.amounts.forEach((n, much) -> taken.merge(n, much, Double::sum)));
    taken.forEach(
        (name, much) -> {
          if (much > spec.capacity().getOrDefault(name, 0.0)) {
            world.observer.accept(new Observation.Overfull(spec.name(), name));
          }
        });
  }

  /** An attempt that ends once: by itself, or because it was stopped. */
  private final class Attempt {
    private final Assignment assignment;
    private final Consumer<AttemptReport> ended;
    private boolean over;

    Attempt(Assignment assignment, Consumer<AttemptReport> ended) {
      this.assignment = assignment;
      this.ended = ended;
    }

    void end(@Nullable AttemptReport report) {
      if (!over) {
        over = true;
        AttemptReport said = report != null ? report : outcome();
        active.remove(assignment.ref());
        world.observer.accept(new Observation.Ended(spec.name(), assignment.ref()));
        ended.accept(said);
      }
    }

    private AttemptReport outcome() {
      PreparedTask task = assignment.prepared();
      for (Artifact input : task.action().inputs().values()) {
        if (!world.store.contains(input.digest())) {
          return new AttemptReport.InputGone(input.digest());
        }
      }
      if (world.time.oneIn(12)) {
        FailureKind kind = KINDS.get(world.time.draw(KINDS.size()));
        return new AttemptReport.Broken(Failure.of(kind, "simulated"));
      }
      SortedMap<String, Artifact> outputs = new TreeMap<>();
      for (OutputSpec output : task.outputs()) {
        outputs.put(output.name(), Artifact.file(store(content(task, output.name()))));
      }
      return recorder.record(
          task,
          new ActionResult(
              outputs,
              new TreeMap<>(),
              0,
              Digest.EMPTY,
              Digest.EMPTY,
              new ActionResult.Producer(
                  task.run(), "task-" + task.task(), assignment.attempt(), spec.name()),
              Instant.ofEpochMilli(world.time.now()),
              ResourceUsage.NONE));
    }

    /** A list of numbers that follow from the action, or of any where chance is part of it. */
    private String content(PreparedTask task, String output) {
      long hash = task.key().digest().word0() ^ output.hashCode();
      boolean random = task.action().environment().containsKey("RANDOM");
      int first = random ? world.time.draw(3) : (int) (hash & 0xfff);
      StringBuilder list = new StringBuilder("[" + first);
      for (int i = (int) ((hash >>> 20) & 3); i > 0; i--) {
        list.append(',').append(first + i);
      }
      return list.append(']').toString();
    }

    private Digest store(String text) {
      Digest digest = world.store.put(text.getBytes(StandardCharsets.UTF_8));
      world.known.add(digest);
      return digest;
    }
  }
}

package dev.millrace.runtime;

import dev.millrace.cache.InMemoryActionCache;
import dev.millrace.content.Artifact;
import dev.millrace.content.InMemoryContentStore;
import dev.millrace.digest.Digest;
import dev.millrace.dispatch.ToOwner;
import dev.millrace.dispatch.ToPlacement;
import dev.millrace.dispatch.ToWorker;
import dev.millrace.journal.InMemoryStepDurations;
import dev.millrace.journal.RunRecord;
import dev.millrace.plan.Plan;
import dev.millrace.run.RunEvent;
import dev.millrace.run.RunState;
import dev.millrace.run.RunWish;
import dev.millrace.run.TaskPhase;
import dev.millrace.simulation.Chance;
import dev.millrace.simulation.Coverage;
import dev.millrace.simulation.Flaw;
import dev.millrace.simulation.RandomDocument;
import dev.millrace.simulation.SimulatedDatabase;
import dev.millrace.simulation.SimulatedTime;
import dev.millrace.simulation.Trace;
import dev.millrace.simulation.Watch;
import dev.millrace.simulation.invariant.Durable;
import dev.millrace.simulation.invariant.Happening;
import dev.millrace.simulation.invariant.Violation;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The real engine in a world that fails: owners of runs, placement loop and workers over simulated
 * time, processes, messages, database, stores and attempts, all from one seed.
 *
 * <p>For a while things go wrong at random; then all is mended, and every run has to end. All that
 * can be seen is shown to the {@linkplain dev.millrace.simulation.invariant.Invariants rules} as it
 * happens. One thread does everything, and nothing looks at the real clock, so a seed always comes
 * to the same.
 */
final class EngineSimulation {
  private static final long END_MICROS = 1_800 * SimulatedTime.SECOND;
  private static final long SETTLE_MICROS = 60 * SimulatedTime.SECOND;
  private static final byte[] DATA = "x,y\n".getBytes(StandardCharsets.UTF_8);

  private final long seed;
  private final Chance chance;
  private final SimulatedTime time = new SimulatedTime();
  private final Watch watch;
  private final World world;
  private final SimulatedCluster cluster;
  private final Faults faults;

  EngineSimulation(long seed, Flaw flaw, Coverage coverage, @Nullable PrintStream out) {
    this.seed = seed;
    chance = new Chance(seed);
    watch = new Watch(new Trace(time, coverage, out));
    world =
        new World(
            time,
            chance,
            watch,
            new SimulatedDatabase(watch, flaw),
            new InMemoryActionCache(() -> Instant.ofEpochMilli(time.millis())),
            new InMemoryContentStore(),
            new InMemoryStepDurations(),
            chance.in(0.3),
            flaw);
    cluster = new SimulatedCluster(world, chance.in(0.25), chance.in(0.5) ? 0.2 : 0.02);
    faults = new Faults(world, cluster);
  }

  /**
   * What came of it.
   *
   * @param hash of all that happened
   * @param micros virtual time that it took
   */
  record Outcome(long seed, long hash, @Nullable Violation violation, long micros) {}

  /** Runs it to its end, or to the first violation. */
  Outcome run() {
    try {
      cluster.start();
      submitAll();
      faults.start();
      long faulty = chance.spread(2 * SimulatedTime.SECOND, 40 * SimulatedTime.SECOND);
      if (time.pass(faulty, this::isBroken)) {
        return outcome();
      }
      watch.trace().note("calm", "");
      faults.stop();
      if (!time.pass(faulty + END_MICROS, () -> isBroken() || allEnded())) {
        watch.happened(new Happening.TimeUp(unfinished()));
      }
      checkEnd();
    } catch (Violation e) {
      return new Outcome(seed, watch.trace().hash(), e, time.micros());
    }
    return outcome();
  }

  private boolean isBroken() {
    return watch.violation() != null;
  }

  private Outcome outcome() {
    return new Outcome(seed, watch.trace().hash(), watch.violation(), time.micros());
  }

  /** Returns what to tell of a violation, with the command that repeats it. */
  String explain(Violation violation) {
    return """
    %s is broken after %.3f s: %s
    seed %d; repeat with
      mvn test -pl engine -Dtest=EngineSimulationTest -Dmillrace.simulation.seed=%d
    """
        .formatted(violation.invariant(), time.micros() / 1e6, violation.getMessage(), seed, seed);
  }

  // ---- what is asked ----

  private void submitAll() {
    List<Plan> plans = new ArrayList<>();
    int count = (int) chance.between(1, 4);
    for (int i = 0; i < count; i++) {
      Plan plan =
          plans.isEmpty() || chance.in(0.6)
              ? RandomDocument.plan(chance, cluster.isEmbedded())
              : chance.of(plans);
      plans.add(plan);
      SubmittedRun run = submitted("r" + i, plan);
      cluster.runs().put(run.id(), run);
      watch.durable().expect(run.id(), plan, new RunPlan(plan).nodes());
      time.after(chance.spread(1, 5 * SimulatedTime.SECOND), () -> cluster.submit(run));
      askLater(run);
    }
  }

  private SubmittedRun submitted(String id, Plan plan) {
    Artifact file = Artifact.file(Digest.of(DATA));
    world.store().put(DATA);
    Submission submission =
        new Submission(
            plan.pipeline().source(),
            Map.of(),
            Map.of(RandomDocument.FILE, file),
            Map.of("run", id),
            chance.in(0.15),
            chance.in(0.2) ? 0.7 : 0,
            "");
    return new SubmittedRun(id, plan, submission, path -> world.store().put(DATA));
  }

  private void askLater(SubmittedRun run) {
    if (chance.in(0.15)) {
      long when = chance.spread(100 * SimulatedTime.MILLI, 30 * SimulatedTime.SECOND);
      boolean force = chance.in(0.4);
      time.after(when, () -> cluster.command(run.id(), new RunWish.Cancel(force)));
    }
    if (chance.in(0.3)) {
      for (int i = 1; i <= 3; i++) {
        time.after(i * chance.between(1, 15) * SimulatedTime.SECOND, () -> cluster.reopen(run));
      }
    }
    if (RandomDocument.approvals()) {
      answerHeld(run);
    }
  }

  /** Approves what is held, and now and then rejects it or says something that does not fit. */
  private void answerHeld(SubmittedRun run) {
    Durable.Run known = watch.durable().run(run.id());
    RunState state = known.state();
    for (int task = 0; task < state.tasks(); task++) {
      if (state.status(task).phase() == TaskPhase.HELD || chance.in(0.01)) {
        cluster.command(
            run.id(),
            chance.in(0.2)
                ? new RunWish.Reject(task, "ada", "")
                : new RunWish.Approve(task, "ada", ""));
      }
    }
    time.after(chance.between(1, 3) * SimulatedTime.SECOND, () -> answerHeld(run));
  }

  // ---- the end ----

  private boolean allEnded() {
    return cluster.runs().keySet().stream().allMatch(this::hasEnded);
  }

  /** As it is listed: that is what decides whether anybody goes on with it. */
  private boolean hasEnded(String run) {
    RunRecord record = world.database().find(run);
    return record != null && record.summary().finished() != null;
  }

  private List<String> unfinished() {
    List<String> unfinished = new ArrayList<>();
    for (String run : cluster.runs().keySet()) {
      RunState state = watch.durable().run(run).state();
      List<String> tasks = new ArrayList<>();
      for (int task = 0; task < state.tasks(); task++) {
        if (!state.status(task).phase().settled()) {
          tasks.add(task + " " + state.status(task));
        }
      }
      if (!hasEnded(run)) {
        unfinished.add(run + " is " + state.runStatus().label() + ": " + tasks);
      }
    }
    return unfinished;
  }

  private void checkEnd() {
    boolean _ = time.pass(time.micros() + SETTLE_MICROS, this::isBroken);
    if (!allEnded()) {
      // Somebody reopened a run in the meantime; what it does was looked at as well.
      if (!time.pass(time.micros() + END_MICROS, () -> isBroken() || allEnded())) {
        watch.happened(new Happening.TimeUp(unfinished()));
      }
      boolean _ = time.pass(time.micros() + SETTLE_MICROS, this::isBroken);
    }
    for (SimulatedWorker worker : cluster.workers()) {
      worker.checkLeft();
    }
    for (String run : watch.durable().ids()) {
      watch.happened(new Happening.ReadBack(run, world.database().read(run)));
    }
  }

  /** Returns the names of all that must have happened in many simulations. */
  static List<String> expected() {
    List<String> expected = new ArrayList<>();
    for (Fault fault : Fault.values()) {
      expected.add(fault.label());
    }
    expected.addAll(
        List.of("fault: message lost", "fault: message doubled", "fault: message late"));
    expected.addAll(List.of("taken over", "refused", "trouble", "recovered", "input gone"));
    for (Class<?> type : List.of(ToPlacement.class, ToOwner.class, ToWorker.class)) {
      addLeaves("message: ", type, expected);
    }
    addLeaves("event: ", RunEvent.class, expected);
    for (TaskPhase from : TaskPhase.values()) {
      from.next().forEach(to -> expected.add(Watch.change(from, to)));
    }
    // Said within one process only, where messages are calls: seen by what it leads to.
    expected.remove("message: Unplaceable");
    if (!RandomDocument.approvals()) {
      expected.removeIf(name -> name.contains("held") || name.contains("Appro"));
      expected.remove("event: TaskRejected");
    }
    return expected;
  }

  private static void addLeaves(String prefix, Class<?> type, List<String> names) {
    Class<?>[] below = type.getPermittedSubclasses();
    if (below == null) {
      if (type.isRecord()) {
        names.add(prefix + type.getSimpleName());
      }
      return;
    }
    for (Class<?> one : below) {
      addLeaves(prefix, one, names);
    }
  }
}

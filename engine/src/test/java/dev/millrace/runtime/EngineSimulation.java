package dev.millrace.runtime;

import dev.millrace.cache.InMemoryActionCache;
import dev.millrace.content.InMemoryContentStore;
import dev.millrace.content.Trees;
import dev.millrace.digest.Digest;
import dev.millrace.dispatch.AttemptRef;
import dev.millrace.journal.InMemoryStepDurations;
import dev.millrace.journal.RunRecord;
import dev.millrace.plan.Plan;
import dev.millrace.run.RunEvent;
import dev.millrace.run.RunEventCodec;
import dev.millrace.run.RunMachine;
import dev.millrace.run.RunWish;
import dev.millrace.run.TaskPhase;
import dev.millrace.runtime.invariant.AttemptIsAcceptedOnce;
import dev.millrace.runtime.invariant.EqualActionsYieldOneResult;
import dev.millrace.runtime.invariant.EveryCommittedFactSurvives;
import dev.millrace.runtime.invariant.EveryRunEndsWhenFaultsStop;
import dev.millrace.runtime.invariant.Invariant;
import dev.millrace.runtime.invariant.NoTaskStartsBeforeItsInputsExist;
import dev.millrace.runtime.invariant.NoTwoOwnersCommitInOneEpoch;
import dev.millrace.runtime.invariant.NothingIsLeftOnWorkers;
import dev.millrace.runtime.invariant.Observation;
import dev.millrace.runtime.invariant.TerminalRunNeverChanges;
import dev.millrace.runtime.invariant.WorkersAreNeverOverfull;
import dev.millrace.schedule.WorkerSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A whole cluster in one thread and simulated time: the real run machines, drivers, placement loop,
 * scheduler and worker agents over a clock, a journal, a network and processes that fail as the
 * seed says. Engines and workers are killed, stopped and started again; messages are lost, doubled
 * and late; the database is full or cut off; blobs are lost; people cancel, approve, and go on with
 * what has ended. After a while the faults stop, and then every run must end.
 *
 * <p>One seed gives one course of events, on every machine.
 */
final class EngineSimulation implements SimulatedNetwork.Cluster {
  private static final long FAULTY_MILLIS = 30_000;
  private static final long LONGEST_MILLIS = 900_000;
  private static final long SETTLING_MILLIS = 30_000;

  /** Longer than the lease of an attempt. */
  private static final int LONGEST_STOP_MILLIS = 20_000;

  /** After so long without a word of it, the others take an engine for dead. */
  private static final long SUSPECTED_MILLIS = 5_000;

  private final long seed;
  private final SimulatedTime time;
  private final SimulatedNetwork network;
  private final SimulatedJournal journal;
  private final InMemoryContentStore store = new InMemoryContentStore();
  private final Set<Digest> known = new LinkedHashSet<>();
  private final InMemoryActionCache cache;
  private final InMemoryStepDurations durations = new InMemoryStepDurations();
  private final List<SimulatedEngine> engines = new ArrayList<>();
  private final Set<SimulatedEngine> suspected = new LinkedHashSet<>();
  private final List<SimulatedWorker> workers = new ArrayList<>();
  private final Map<String, SimulatedRun> runs = new LinkedHashMap<>();
  private final Map<String, SimulatedEngine> owners = new LinkedHashMap<>();
  private final Map<String, Long> sequences = new LinkedHashMap<>();
  private final List<Invariant> invariants =
      List.of(
          new AttemptIsAcceptedOnce(),
          new NoTwoOwnersCommitInOneEpoch(),
          new EveryCommittedFactSurvives(),
          new TerminalRunNeverChanges(),
          new NoTaskStartsBeforeItsInputsExist(),
          new EqualActionsYieldOneResult(),
          new WorkersAreNeverOverfull(),
          new NothingIsLeftOnWorkers(),
          new EveryRunEndsWhenFaultsStop());
  private final Set<String> seen = new TreeSet<>();
  private final SimulatedWorker.World world;
  private final RandomPipelines pipelines;
  private int started;
  private boolean faulty = true;

  EngineSimulation(long seed, PlantedBug bug) {
    this.seed = seed;
    time = new SimulatedTime(seed);
    network = new SimulatedNetwork(time, bug);
    journal = new SimulatedJournal(time, this::observe, bug);
    cache = new InMemoryActionCache(() -> Instant.ofEpochMilli(time.now()));
    world = new SimulatedWorker.World(time, network, cache, store, known, this::observe);
    pipelines = new RandomPipelines(time, RandomPipelines.approvalsWork());
    network.connect(this);
  }

  /** Runs to the end. */
  void run() {
    for (int i = 1 + time.draw(3); i > 0; i--) {
      startEngine();
    }
    for (int i = 1 + time.draw(3); i > 0; i--) {
      startWorker();
    }
    for (int i = 1 + time.draw(4); i > 0; i--) {
      time.in(time.draw(3_000), this::submit);
    }
    time.in(500, this::look);
    time.in(time.draw(1_000), this::disturb);
    time.in(FAULTY_MILLIS, this::heal);
    while (!isOver()) {
      if (time.elapsed() > LONGEST_MILLIS || !time.step()) {
        runs.keySet().forEach(this::reportUnended);
        throw new IllegalStateException("nothing happens any more");
      }
    }
    settle();
  }

  /** What has ended must let go of everything, soon. */
  private void settle() {
    long until = time.elapsed() + SETTLING_MILLIS;
    while (time.elapsed() < until && time.step()) {
      // Goes on.
    }
    for (SimulatedWorker worker : workers) {
      for (AttemptRef attempt : worker.active()) {
        observe(new Observation.LeftOver(worker.address(), attempt));
      }
    }
  }

  private boolean isOver() {
    return !faulty && runs.keySet().stream().allMatch(journal::hasEnded);
  }

  private void reportUnended(String run) {
    if (!journal.hasEnded(run)) {
      SimulatedRun unended = find(run);
      RunMachine machine = new RunMachine(unended.plan().nodes());
      new RunFacts(journal.durable(), run).forEach(fact -> machine.apply(fact.event()));
      List<TaskPhase> phases = new ArrayList<>();
      for (int task = 0; task < machine.state().tasks(); task++) {
        phases.add(machine.state().status(task).phase());
      }
      observe(new Observation.Unended(run, phases.toString()));
    }
  }

  private SimulatedRun find(String id) {
    SimulatedRun run = runs.get(id);
    if (run == null) {
      throw new IllegalStateException("there is no run " + id);
    }
    return run;
  }

  // ---- what happened ----

  private void observe(Observation observation) {
    if (observation instanceof Observation.Committed committed) {
      committed.facts().forEach(fact -> seen.add(fact.getClass().getSimpleName()));
      sequences.put(committed.run(), committed.firstSequence() + committed.facts().size() - 1);
    }
    invariants.forEach(invariant -> invariant.observe(observation));
  }

  /** Returns the kinds of facts and messages and faults that came about. */
  Set<String> seen() {
    seen.addAll(network.counts().keySet());
    return seen;
  }

  long trace() {
    return time.trace();
  }

  private void fault(String kind) {
    seen.add("fault: " + kind);
  }

  // ---- who is there ----

  private void startEngine() {
    String name = "engine-" + ++started;
    engines.add(new SimulatedEngine(name, time, journal, this::host, this::observe));
    look(false);
  }

  private RunContext.Host host(SimulatedLoop loop, Executor threads) {
    Trees trees = new Trees(store);
    return new RunContext.Host(
        loop,
        threads,
        network,
        cache,
        trees,
        new ResultReader(store),
        new ToolFingerprints("/bin"),
        durations,
        time::share,
        () -> true);
  }

  private void startWorker() {
    WorkerSpec spec =
        new WorkerSpec(
            "worker-" + ++started,
            "",
            Set.of("simulated"),
            Map.of("cpus", 2.0 + time.draw(2), "licence", 1.0),
            Map.of());
    SimulatedWorker worker = new SimulatedWorker(spec, world);
    workers.add(worker);
    network.add(worker);
    worker.tick();
  }

  @Override
  public @Nullable SimulatedEngine placing() {
    for (SimulatedEngine engine : engines) {
      if (isThere(engine)) {
        return engine;
      }
    }
    return null;
  }

  private boolean isThere(SimulatedEngine engine) {
    return !engine.isDead() && !suspected.contains(engine);
  }

  @Override
  public @Nullable SimulatedEngine ownerOf(String run) {
    SimulatedEngine owner = owners.get(run);
    if (owner == null || time.draw(10) > 0) {
      return owner;
    }
    // Some still take another for the owner.
    SimulatedEngine other = engines.get(time.draw(engines.size()));
    return other.hasDriver(run) ? other : owner;
  }

  private void look() {
    look(true);
    time.in(500, this::look);
  }

  /** Has the oldest engine place, and every run an owner. */
  private void look(boolean runsToo) {
    engines.removeIf(
        engine -> engine.isDead() && owners.values().stream().noneMatch(engine::equals));
    SimulatedEngine oldest = placing();
    if (oldest != null) {
      oldest.place();
    }
    if (runsToo) {
      for (SimulatedRun run : runs.values()) {
        SimulatedEngine owner = owners.get(run.id());
        boolean lost = owner == null || !isThere(owner) || !owner.hasDriver(run.id());
        if (lost && !journal.hasEnded(run.id())) {
          takeOver(run);
        }
      }
    }
  }

  private void takeOver(SimulatedRun run) {
    List<SimulatedEngine> able =
        engines.stream()
            .filter(engine -> isThere(engine) && engine.runs() && !engine.journal().isCut())
            .toList();
    if (able.isEmpty()) {
      return;
    }
    SimulatedEngine engine = able.get(time.draw(able.size()));
    owners.put(run.id(), engine);
    fault("run taken over");
    engine.takeOver(run, present());
  }

  private Set<String> present() {
    Set<String> present = new LinkedHashSet<>();
    for (SimulatedWorker worker : workers) {
      if (!worker.isDead() || time.oneIn(3)) {
        present.add(worker.address());
      }
    }
    return present;
  }

  // ---- runs ----

  private void submit() {
    SimulatedEngine engine = placing();
    if (engine == null || !engine.runs()) {
      time.in(1_000, this::submit);
      return;
    }
    Plan plan = pipelines.next();
    double verify = time.oneIn(pipelines.hasChance() ? 2 : 6) ? 1 : 0;
    Submission submission =
        new Submission(
            plan.pipeline().source(),
            Map.of(),
            new TreeMap<>(),
            Map.of(),
            !pipelines.hasChance() && time.oneIn(8),
            verify);
    SimulatedRun run = new SimulatedRun("run-" + (runs.size() + 1), plan, submission);
    RunMachine machine = new RunMachine(run.plan().nodes());
    List<RunEvent> facts =
        machine.decide(new RunWish.Accept(submission.toJson(Digest.EMPTY)), time.now());
    List<CommittedFact> first = new ArrayList<>();
    List<String> texts = new ArrayList<>();
    for (RunEvent fact : facts) {
      texts.add(new RunEventCodec().encode(time.now(), fact));
      first.add(new CommittedFact(texts.size(), time.now(), fact));
    }
    RunRecord record =
        new RunRecord(
            run.id(),
            "p",
            submission.digest().text(),
            Instant.ofEpochMilli(time.now()),
            Map.of(),
            new RunRecord.Summary("running", "{}", null));
    journal.durable().create(record, texts).toCompletableFuture().join();
    observe(new Observation.Accepted(run.id(), run.plan().nodes(), facts.getFirst()));
    if (facts.size() > 1) {
      observe(
          new Observation.Committed(engine.name(), run.id(), 1, 2, facts.subList(1, facts.size())));
    }
    sequences.put(run.id(), (long) facts.size());
    runs.put(run.id(), run);
    owners.put(run.id(), engine);
    engine.begin(run, first, machine);
  }

  private void wish(SimulatedRun run) {
    SimulatedEngine owner = owners.get(run.id());
    if (owner == null || !owner.runs()) {
      return;
    }
    if (journal.hasEnded(run.id())) {
      if (isThere(owner) && !owner.journal().isCut()) {
        fault("run reopened");
        owner.takeOver(run, present());
        command(owner, run, new RunWish.Reopen("ada"));
      }
    } else if (time.oneIn(4)) {
      fault("run cancelled");
      command(owner, run, new RunWish.Cancel(time.oneIn(3)));
    } else {
      int task = time.draw(8);
      command(
          owner,
          run,
          time.oneIn(4)
              ? new RunWish.Reject(task, "ada", "no")
              : new RunWish.Approve(task, "ada", ""));
    }
  }

  private void command(SimulatedEngine owner, SimulatedRun run, RunWish.Command wish) {
    owner.command(
        run.id(),
        wish,
        (id, engine) -> observe(new Observation.Answered(id, sequences.getOrDefault(id, 0L))));
  }

  // ---- what goes wrong ----

  private void disturb() {
    if (!faulty) {
      return;
    }
    time.in(100 + time.draw(2_500), this::disturb);
    if (engines.isEmpty()) {
      return; // All were killed; one starts soon.
    }
    switch (time.draw(10)) {
      case 0 -> kill(engines.get(time.draw(engines.size())));
      case 1 -> freeze(engines.get(time.draw(engines.size())));
      case 2 -> killWorker(workers.get(time.draw(workers.size())));
      case 3 -> freeze(workers.get(time.draw(workers.size())));
      case 4 -> fillDatabase();
      case 5 -> cut(engines.get(time.draw(engines.size())).journal());
      case 6 -> loseBlob();
      case 7 -> stall(workers.get(time.draw(workers.size())));
      default -> wishSomething();
    }
  }

  private void wishSomething() {
    if (!runs.isEmpty()) {
      wish(List.copyOf(runs.values()).get(time.draw(runs.size())));
    }
  }

  private void kill(SimulatedEngine engine) {
    if (engine.isDead()) {
      return;
    }
    fault("engine killed");
    engine.kill();
    time.in(200 + time.draw(3_000), this::startEngine);
  }

  private void freeze(SimulatedProcess process) {
    if (!process.runs()) {
      return;
    }
    fault("process stopped for a while");
    process.freeze();
    long millis = time.draw(LONGEST_STOP_MILLIS);
    if (process instanceof SimulatedEngine engine && millis > SUSPECTED_MILLIS) {
      time.in(SUSPECTED_MILLIS, () -> suspected.add(engine));
    }
    time.in(
        millis,
        () -> {
          process.thaw();
          if (process instanceof SimulatedEngine engine && suspected.remove(engine)) {
            engines.remove(engine);
            engines.add(engine); // It joins again as the youngest.
          }
        });
  }

  private void killWorker(SimulatedWorker worker) {
    if (worker.isDead()) {
      return;
    }
    fault("worker killed");
    worker.kill();
    worker.active().clear();
    time.in(200 + time.draw(3_000), this::startWorker);
  }

  private void fillDatabase() {
    fault("database full");
    journal.setFull(true);
    time.in(time.draw(6_000), () -> journal.setFull(false));
  }

  private void cut(SimulatedJournal.Connection connection) {
    if (connection.isCut()) {
      return;
    }
    fault("database cut off");
    connection.cut();
    time.in(time.draw(6_000), connection::restore);
  }

  private void loseBlob() {
    if (!known.isEmpty()) {
      fault("blob lost");
      Digest lost = List.copyOf(known).get(time.draw(known.size()));
      store.lose(lost);
      observe(new Observation.BlobLost(lost));
    }
  }

  private void stall(SimulatedWorker worker) {
    fault("worker stalled");
    worker.stall("no space left (simulated)");
    time.in(time.draw(6_000), () -> worker.stall(null));
  }

  /** From now on nothing goes wrong. What was killed starts again, what was stopped goes on. */
  private void heal() {
    faulty = false;
    network.heal();
    journal.heal();
    if (workers.stream().allMatch(SimulatedProcess::isDead)) {
      startWorker();
    }
    approveAll();
  }

  private void approveAll() {
    for (SimulatedRun run : runs.values()) {
      SimulatedEngine owner = owners.get(run.id());
      if (owner != null && !journal.hasEnded(run.id())) {
        for (int task = 0; task < 60; task++) {
          command(owner, run, new RunWish.Approve(task, "ada", ""));
        }
      }
    }
    time.in(5_000, this::approveAll);
  }

  @Override
  public String toString() {
    return "seed " + seed + " after " + time.elapsed() + " ms";
  }
}

package dev.millrace.runtime;

import dev.millrace.journal.RunRecord;
import dev.millrace.run.RunEvent;
import dev.millrace.run.RunStatus;
import dev.millrace.run.RunWish;
import dev.millrace.simulation.SimulatedProcess;
import dev.millrace.simulation.SimulatedTime;
import dev.millrace.simulation.invariant.Happening;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Who there is, and who owns what: the part of a cluster that decides nothing about runs. It may be
 * wrong about who is dead, as any failure detector may be.
 */
final class SimulatedCluster {
  private static final long SWEEP_MICROS = 700 * SimulatedTime.MILLI;
  private static final long SUBMIT_MICROS = 3 * SimulatedTime.SECOND;
  private static final long CLAIM_MICROS = 2 * SimulatedTime.SECOND;

  private final World world;
  private final boolean embedded;
  private final double failures;
  private final SimulatedNetwork network;
  private final List<SimulatedNode> nodes = new ArrayList<>();
  private final List<SimulatedWorker> workers = new ArrayList<>();
  private final List<Double> sizes = new ArrayList<>();
  private final Map<String, SubmittedRun> runs = new LinkedHashMap<>();
  private final Map<String, SimulatedNode> owners = new LinkedHashMap<>();
  private final Map<String, Long> claimed = new LinkedHashMap<>();
  private @Nullable SimulatedNode placement;
  private double suspicion = 0.05;
  private int lives;

  /**
   * @param embedded one engine with its worker in one process, or several of both
   * @param failures the share of attempts that fail
   */
  SimulatedCluster(World world, boolean embedded, double failures) {
    this.world = world;
    this.embedded = embedded;
    this.failures = failures;
    network = new SimulatedNetwork(world, this);
  }

  /** Starts everything. */
  void start() {
    int count = embedded ? 1 : (int) world.chance().between(1, 3);
    for (int i = 0; i < (embedded ? 1 : world.chance().between(1, 4)); i++) {
      sizes.add((double) world.chance().between(2, 4));
    }
    for (int i = 0; i < count; i++) {
      nodes.add(newNode(i));
    }
    if (!embedded) {
      for (int i = 0; i < sizes.size(); i++) {
        workers.add(newWorker(i));
      }
    }
    place(world.chance().of(nodes));
    sweep();
  }

  boolean isEmbedded() {
    return embedded;
  }

  SimulatedNetwork network() {
    return network;
  }

  List<SimulatedNode> nodes() {
    return nodes;
  }

  List<SimulatedWorker> workers() {
    return workers;
  }

  Map<String, SubmittedRun> runs() {
    return runs;
  }

  @Nullable SimulatedNode placement() {
    return placement;
  }

  /** Returns the owner of a run, or any engine where it has none. */
  @Nullable SimulatedNode owner(String run) {
    SimulatedNode owner = owners.get(run);
    return owner == null || !owner.process().isAlive() ? someNode(null) : owner;
  }

  /** Returns some engine that thinks it owns the run, or the owner where there is none. */
  @Nullable SimulatedNode someOwner(String run) {
    List<SimulatedNode> all = nodes.stream().filter(node -> node.has(run)).toList();
    return all.isEmpty() ? owner(run) : world.chance().of(all);
  }

  @Nullable SimulatedWorker worker(String address) {
    for (SimulatedWorker worker : workers) {
      if (worker.address().equals(address)) {
        return worker;
      }
    }
    return null;
  }

  /** No failure detector errs from now on. */
  void trust() {
    suspicion = 0;
  }

  // ---- processes ----

  private SimulatedNode newNode(int slot) {
    String name = "n" + slot + "#" + lives++;
    return embedded ? newEmbedded(name) : newMember(name);
  }

  private SimulatedNode newMember(String name) {
    SimulatedNode made = new SimulatedNode(world, name, node -> network.of(node.process()));
    made.start();
    return made;
  }

  /** One process as the engine for one machine sets it up, with the post that it uses. */
  private SimulatedNode newEmbedded(String name) {
    LocalPost[] post = new LocalPost[1];
    SimulatedNode made =
        new SimulatedNode(world, name, node -> post[0] = new LocalPost(node.loop()));
    SimulatedWorker worker =
        new SimulatedWorker(
            world,
            made.process(),
            "local#" + lives,
            sizes.getFirst(),
            new SimulatedWorker.Failing(failures, post[0], false));
    post[0].connect(made.node(), worker.agent(), executor -> {});
    workers.clear();
    workers.add(worker);
    made.loop().execute(() -> made.node().place(true));
    worker.start();
    made.start();
    return made;
  }

  private SimulatedWorker newWorker(int slot) {
    String address = "w" + slot + "#" + lives++;
    SimulatedProcess process = new SimulatedProcess(address, world.time());
    SimulatedWorker worker =
        new SimulatedWorker(
            world,
            process,
            address,
            sizes.get(slot),
            new SimulatedWorker.Failing(failures, network.of(process), true));
    worker.start();
    return worker;
  }

  /** Ends an engine; the worker in its process dies with it. */
  void killNode(int slot) {
    SimulatedNode node = nodes.get(slot);
    node.process().kill();
    if (embedded) {
      workers.getFirst().kill();
    }
  }

  /** Starts an engine again, if it is dead. */
  void restartNode(int slot) {
    if (!nodes.get(slot).process().isAlive()) {
      nodes.set(slot, newNode(slot));
      world.trace().note("restarted", nodes.get(slot).process().name());
    }
  }

  /** Starts a worker again, if it is dead. */
  void restartWorker(int slot) {
    if (!embedded && !workers.get(slot).process().isAlive()) {
      workers.set(slot, newWorker(slot));
      world.trace().note("restarted", workers.get(slot).address());
    }
  }

  /** Gives the placement loop to an engine. */
  void place(SimulatedNode node) {
    placement = node;
    if (!embedded) {
      world.trace().note("placement", node.process().name());
      node.process().run(() -> node.loop().execute(() -> node.node().place(false)));
    }
  }

  // ---- who owns what ----

  /** Looks for runs whose owner is gone, again and again. */
  private void sweep() {
    SimulatedNode placing = placement;
    if (placing == null || (!placing.process().isAlive() && world.chance().in(0.5))) {
      SimulatedNode other = someNode(null);
      if (other != null) {
        place(other);
      }
    }
    for (SubmittedRun run : runs.values()) {
      if (needsOwner(run.id())) {
        SimulatedNode taker = someNode(owners.get(run.id()));
        if (taker != null) {
          goOn(run, taker);
        }
      }
    }
    world.time().after(SWEEP_MICROS, this::sweep);
  }

  private boolean needsOwner(String run) {
    RunRecord record = world.database().find(run);
    if (record == null
        || record.summary().finished() != null
        || claimed.getOrDefault(run, 0L) > world.time().micros()) {
      return false;
    }
    SimulatedNode owner = owners.get(run);
    if (owner == null || !owner.process().isAlive()) {
      return world.chance().in(0.4) || suspicion == 0;
    }
    boolean suspect =
        !owner.process().isRunning() || owner.process().isIsolated() || owner.database().isCut();
    if (suspect) {
      return world.chance().in(suspicion * 5);
    }
    return !owner.has(run) || (!embedded && world.chance().in(suspicion / 10));
  }

  /** Returns an engine that seems to work; another than that one if there is any. */
  @Nullable SimulatedNode someNode(@Nullable SimulatedNode not) {
    List<SimulatedNode> running =
        nodes.stream().filter(node -> node.process().isRunning()).toList();
    List<SimulatedNode> others = running.stream().filter(node -> node != not).toList();
    List<SimulatedNode> choices = others.isEmpty() || world.chance().in(0.1) ? running : others;
    return choices.isEmpty() ? null : world.chance().of(choices);
  }

  private void goOn(SubmittedRun run, SimulatedNode taker) {
    world.trace().count("taken over");
    claim(run, taker);
    taker
        .process()
        .run(() -> taker.goOn(run, present(), driver -> {}, () -> claimed.remove(run.id())));
  }

  private void claim(SubmittedRun run, SimulatedNode taker) {
    owners.put(run.id(), taker);
    claimed.put(run.id(), world.time().micros() + CLAIM_MICROS);
  }

  private Set<String> present() {
    Set<String> present = new TreeSet<>();
    for (SimulatedWorker worker : workers) {
      boolean seems = worker.process().isRunning() && !worker.process().isIsolated();
      if (!embedded && worker.process().isAlive() && (seems || world.chance().in(0.5))) {
        present.add(worker.address());
      }
    }
    return present;
  }

  // ---- what clients ask ----

  /** Submits a run; again and again, until it is recorded. */
  void submit(SubmittedRun run) {
    if (world.database().find(run.id()) != null) {
      return;
    }
    SimulatedNode node = someNode(null);
    if (node != null) {
      owners.put(run.id(), node);
      node.process().run(() -> node.begin(run));
    }
    world.time().after(SUBMIT_MICROS, () -> submit(run));
  }

  /** Asks something of a run, if its owner can be reached. */
  void command(String run, RunWish.Command wish) {
    SimulatedNode owner = owners.get(run);
    if (owner != null) {
      owner.process().run(() -> owner.loop().execute(() -> command(owner, run, wish)));
    }
  }

  private void command(SimulatedNode owner, String run, RunWish.Command wish) {
    RunDriver driver = owner.node().find(run);
    if (driver != null) {
      world.trace().note("wish: " + wish.getClass().getSimpleName(), run);
      long since = world.watch().durable().run(run).size();
      driver.command(wish, () -> answered(run, wish, since));
    }
  }

  private void answered(String run, RunWish.Command wish, long since) {
    RunStatus status = world.watch().durable().run(run).state().runStatus();
    if (wish instanceof RunWish.Cancel && status == RunStatus.RUNNING) {
      world.watch().happened(new Happening.Answered(run, RunEvent.CancelRequested.class, since));
    }
  }

  /** Takes a run up again that did not succeed. */
  void reopen(SubmittedRun run) {
    SimulatedNode node = someNode(null);
    RunRecord record = world.database().find(run.id());
    if (node == null
        || record == null
        || record.summary().finished() == null
        || record.summary().status().equals(RunStatus.SUCCEEDED.label())) {
      return;
    }
    world.trace().note("wish: Reopen", run.id());
    claim(run, node);
    node.process()
        .run(() -> node.goOn(run, present(), driver -> reopen(run.id(), driver), () -> {}));
  }

  private void reopen(String run, RunDriver driver) {
    driver.command(
        new RunWish.Reopen("ada"),
        () -> world.watch().happened(new Happening.Answered(run, RunEvent.RunReopened.class, 0)));
  }
}

package dev.millrace.runtime;

import dev.millrace.content.Trees;
import dev.millrace.dispatch.Post;
import dev.millrace.dispatch.ToOwner;
import dev.millrace.dispatch.ToPlacement;
import dev.millrace.dispatch.ToWorker;
import dev.millrace.dispatch.WorkerAgent;
import dev.millrace.schedule.WorkerSpec;
import dev.millrace.simulation.CacheLink;
import dev.millrace.simulation.RandomDocument;
import dev.millrace.simulation.SimulatedProcess;
import dev.millrace.simulation.SimulatedTime;
import dev.millrace.simulation.StoreLink;
import dev.millrace.simulation.invariant.Happening;
import java.util.Map;
import java.util.Set;

/** One life of a worker. */
final class SimulatedWorker {
  private final World world;
  private final SimulatedProcess process;
  private final StoreLink store;
  private final SimulatedAttempts attempts;
  private final WorkerAgent agent;
  private final WorkerSpec spec;
  private boolean stalled;
  private boolean leaving;

  /**
   * @param process its own, or that of the engine it lives in
   * @param cpus what it has
   */
  SimulatedWorker(
      World world, SimulatedProcess process, String address, double cpus, Failing failing) {
    this.world = world;
    this.process = process;
    store = new StoreLink(world.store());
    CacheLink cache = new CacheLink(world.cache(), () -> false, world.database()::isFull);
    spec =
        new WorkerSpec(
            address,
            "",
            Set.of(RandomDocument.EXECUTOR),
            Map.of("cpus", cpus, "pool:lock", 1.0),
            Map.of());
    attempts =
        new SimulatedAttempts(
            world,
            process,
            spec,
            new SimulatedAttempts.Links(new Trees(store), cache),
            () -> stalled,
            failing.share);
    agent =
        new WorkerAgent(
            spec, attempts, new Overheard(failing.post), () -> world.time().micros() * 1_000);
  }

  /**
   * @param share of attempts that fail
   * @param post that carries what the worker says
   */
  record Failing(double share, Post post) {}

  String address() {
    return spec.name();
  }

  SimulatedProcess process() {
    return process;
  }

  StoreLink store() {
    return store;
  }

  WorkerAgent agent() {
    return agent;
  }

  /** Begins to say regularly what it has. */
  void start() {
    agent.tick();
    process.after(EngineNode.TICK_MILLIS * SimulatedTime.MILLI, this::start);
  }

  void receive(ToWorker message) {
    if (message instanceof ToWorker.Acknowledge(var attempt)) {
      world.watch().happened(new Happening.Acknowledged(address(), attempt));
    }
    agent.receive(message);
  }

  void setStalled(boolean noRoom) {
    stalled = noRoom;
    process.run(() -> agent.stall(noRoom ? "it is simulated" : null));
  }

  /** Says what it still has, once nothing should be left. */
  void sayLeft() {
    leaving = true;
    agent.tick();
    leaving = false;
  }

  void kill() {
    process.kill();
    attempts.kill();
  }

  /** Passes on what the worker says, and sees what should not be said at the end. */
  private final class Overheard implements Post {
    private final Post post;

    Overheard(Post post) {
      this.post = post;
    }

    @Override
    public void toPlacement(ToPlacement message) {
      post.toPlacement(message);
    }

    @Override
    public void toOwner(ToOwner message) {
      if (leaving && message instanceof ToOwner.Holding(var run, var self, var attempts, _)) {
        world.watch().happened(new Happening.LeftOver(self, run, attempts.toString()));
      }
      post.toOwner(message);
    }

    @Override
    public void toWorker(String worker, ToWorker message) {
      post.toWorker(worker, message);
    }
  }
}

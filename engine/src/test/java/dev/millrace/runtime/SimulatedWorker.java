package dev.millrace.runtime;

import dev.millrace.content.Trees;
import dev.millrace.dispatch.AttemptRef;
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
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One life of a worker. */
final class SimulatedWorker {
  private final World world;
  private final SimulatedProcess process;
  private final StoreLink store;
  private final SimulatedAttempts attempts;
  private final WorkerAgent agent;
  private final WorkerSpec spec;
  private boolean stalled;
  private @Nullable Set<AttemptRef> overheard;

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
            Set.of(RandomDocument.EXECUTOR),
            Map.of("cpus", cpus, "pool:lock", 1.0),
            Map.of());
    attempts =
        new SimulatedAttempts(
            world,
            process,
            spec,
            new SimulatedAttempts.Links(new Trees(store), cache, failing.shared),
            () -> stalled,
            failing.share);
    agent =
        new WorkerAgent(
            spec, attempts, new Overheard(failing.post), () -> world.time().micros() * 1_000);
  }

  /**
   * @param share of attempts that fail
   * @param post that carries what the worker says
   * @param shared whether there are other workers, and other messages than calls
   */
  record Failing(double share, Post post, boolean shared) {}

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
    if (message instanceof ToWorker.Acknowledge(var attempt, _)) {
      boolean had = held().contains(attempt);
      agent.receive(message);
      if (had && !held().contains(attempt)) {
        world.watch().happened(new Happening.Acknowledged(address(), attempt));
      }
    } else {
      agent.receive(message);
    }
  }

  /** Has the worker say what it has, to nobody but the caller. */
  private Set<AttemptRef> held() {
    Set<AttemptRef> held = new HashSet<>();
    overheard = held;
    agent.tick();
    overheard = null;
    return held;
  }

  void setStalled(boolean noRoom) {
    stalled = noRoom;
    process.run(() -> agent.stall(noRoom ? "it is simulated" : null));
  }

  /** Looks at what it still has, once nothing should be left. */
  void checkLeft() {
    Set<AttemptRef> held = held();
    if (!held.isEmpty()) {
      world.watch().happened(new Happening.LeftOver(address(), held.toString()));
    }
  }

  void kill() {
    process.kill();
    attempts.kill();
  }

  /** Passes on what the worker says, unless only its list of attempts is wanted. */
  private final class Overheard implements Post {
    private final Post post;

    Overheard(Post post) {
      this.post = post;
    }

    @Override
    public void toPlacement(ToPlacement message) {
      if (overheard == null) {
        post.toPlacement(message);
      }
    }

    @Override
    public void toOwner(ToOwner message) {
      if (overheard == null) {
        post.toOwner(message);
      } else if (message instanceof ToOwner.Holding(_, _, var attempts, _)) {
        overheard.addAll(attempts);
      }
    }

    @Override
    public void toWorker(String worker, ToWorker message) {
      post.toWorker(worker, message);
    }
  }
}

package dev.millrace.runtime;

import dev.millrace.content.Artifact;
import dev.millrace.run.RunEvent;
import dev.millrace.simulation.Chance;
import dev.millrace.simulation.SimulatedProcess;
import dev.millrace.simulation.SimulatedTime;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes things go wrong, and mends them after a while. Each simulation has its own choice of what
 * goes wrong and how often: where everything fails at once, little is reached.
 */
final class Faults {
  private final World world;
  private final SimulatedCluster cluster;
  private final Chance chance;
  private final List<Runnable> mends = new ArrayList<>();
  private boolean stopped;

  Faults(World world, SimulatedCluster cluster) {
    this.world = world;
    this.cluster = cluster;
    chance = world.chance();
  }

  /** Chooses what goes wrong from now on. */
  void start() {
    for (Fault fault : Fault.values()) {
      if (chance.in(fault == Fault.BAD_NETWORK ? 0.6 : 0.3)) {
        long every = chance.spread(SimulatedTime.SECOND, 20 * SimulatedTime.SECOND);
        world.time().after(chance.between(0, every), () -> again(fault, every));
      }
    }
  }

  private void again(Fault fault, long every) {
    if (!stopped) {
      inject(fault);
      world.time().after(chance.between(every / 2, every * 2), () -> again(fault, every));
    }
  }

  /** Nothing goes wrong any more, and what did is mended. */
  void stop() {
    stopped = true;
    List.copyOf(mends).forEach(Runnable::run);
    for (int slot = 0; slot < cluster.nodes().size(); slot++) {
      cluster.restartNode(slot);
    }
    for (int slot = 0; slot < cluster.workers().size(); slot++) {
      cluster.restartWorker(slot);
    }
    cluster.trust();
  }

  private void mendLater(Runnable mend) {
    mends.add(mend);
    world
        .time()
        .after(
            chance.spread(100 * SimulatedTime.MILLI, 20 * SimulatedTime.SECOND),
            () -> {
              if (mends.remove(mend)) {
                mend.run();
              }
            });
  }

  private void inject(Fault fault) {
    int slot = chance.below(cluster.nodes().size());
    SimulatedNode node = cluster.nodes().get(slot);
    int workerSlot = chance.below(cluster.workers().size());
    SimulatedWorker worker = cluster.workers().get(workerSlot);
    world.trace().note(fault.label(), node.process().name() + " or " + worker.address());
    switch (fault) {
      case NODE_KILLED -> {
        cluster.killNode(slot);
        mendLater(() -> cluster.restartNode(slot));
      }
      case NODE_PAUSED -> pause(node.process());
      case NODE_ISOLATED -> isolate(node.process());
      case DATABASE_CUT -> {
        node.database().setCut(true);
        mendLater(() -> node.database().setCut(false));
      }
      case DISK_FULL -> {
        world.database().setFull(true);
        mendLater(() -> world.database().setFull(false));
      }
      case BLOB_LOST -> spoil(true);
      case BLOB_DAMAGED -> spoil(false);
      case STORE_UNAVAILABLE -> {
        node.store().setUnavailable(true);
        mendLater(() -> node.store().setUnavailable(false));
      }
      case WORKER_KILLED -> {
        if (!cluster.isEmbedded()) {
          worker.kill();
          mendLater(() -> cluster.restartWorker(workerSlot));
        }
      }
      case WORKER_PAUSED -> pause(worker.process());
      case WORKER_ISOLATED -> isolate(worker.process());
      case WORKER_STALLED -> {
        worker.setStalled(true);
        mendLater(() -> worker.setStalled(false));
      }
      case WORKER_STORE_UNAVAILABLE -> {
        worker.store().setUnavailable(true);
        mendLater(() -> worker.store().setUnavailable(false));
      }
      case PLACEMENT_MOVED -> {
        if (!cluster.isEmbedded()) {
          cluster.place(node);
        }
      }
      case BAD_NETWORK -> {
        cluster.network().setFaults(chance.share() / 2, chance.share(), chance.share() / 4);
        mendLater(() -> cluster.network().setFaults(0, 0, 0));
      }
      case OWNER_MISTAKEN -> {
        cluster.network().setMisled(0.5);
        mendLater(() -> cluster.network().setMisled(0));
      }
    }
  }

  private void pause(SimulatedProcess process) {
    process.pause();
    mendLater(process::resume);
  }

  private void isolate(SimulatedProcess process) {
    if (!cluster.isEmbedded()) {
      process.setIsolated(true);
      mendLater(() -> process.setIsolated(false));
    }
  }

  /** Loses or damages a blob that some attempt has left. */
  private void spoil(boolean lose) {
    List<String> runs = world.watch().durable().ids();
    if (runs.isEmpty()) {
      return;
    }
    List<RunEvent> facts = world.watch().durable().run(chance.of(runs)).facts();
    if (chance.of(facts) instanceof RunEvent.AttemptSucceeded(_, _, var result)) {
      for (Artifact artifact : result.outputs().values()) {
        if (chance.in(0.5) && lose) {
          world.store().lose(artifact.digest());
        } else if (chance.in(0.5)) {
          world.store().damage(artifact.digest());
        }
      }
    }
  }
}

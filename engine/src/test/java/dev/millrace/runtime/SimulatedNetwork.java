package dev.millrace.runtime;

import dev.millrace.dispatch.AttemptRef;
import dev.millrace.dispatch.Post;
import dev.millrace.dispatch.ToOwner;
import dev.millrace.dispatch.ToPlacement;
import dev.millrace.dispatch.ToWorker;
import dev.millrace.run.TaskStatus;
import dev.millrace.simulation.Flaw;
import dev.millrace.simulation.SimulatedProcess;
import dev.millrace.simulation.SimulatedTime;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Carries messages between processes; loses, doubles and delays them. */
final class SimulatedNetwork {
  private final World world;
  private final SimulatedCluster cluster;
  private double lost;
  private double doubled;
  private double late;
  private double misled;

  SimulatedNetwork(World world, SimulatedCluster cluster) {
    this.world = world;
    this.cluster = cluster;
  }

  /** Sets the share of messages that are lost, come twice and come very late. */
  void setFaults(double lostShare, double doubledShare, double lateShare) {
    lost = lostShare;
    doubled = doubledShare;
    late = lateShare;
  }

  /** Sets the share of messages to owners that reach whoever thinks to own the run. */
  void setMisled(double share) {
    misled = share;
  }

  /** Returns the post of a process. */
  Post of(SimulatedProcess sender) {
    return new PostOf(sender);
  }

  /** Who gets a message, and what happens there. */
  private record Delivery(SimulatedProcess receiver, Runnable take) {}

  private void carry(SimulatedProcess sender, Object message, Supplier<@Nullable Delivery> to) {
    if (sender.isIsolated() || world.chance().in(lost)) {
      world.trace().count("fault: message lost");
      return;
    }
    deliver(message, to, late);
    if (world.chance().in(doubled)) {
      world.trace().count("fault: message doubled");
      deliver(message, to, 0.5);
    }
  }

  private void deliver(Object message, Supplier<@Nullable Delivery> to, double slowShare) {
    boolean slow = world.chance().in(slowShare);
    if (slow) {
      world.trace().count("fault: message late");
    }
    long delay =
        world.chance().spread(50, slow ? 20 * SimulatedTime.SECOND : 3 * SimulatedTime.MILLI);
    world.time().after(delay, () -> arrive(message, to.get()));
  }

  private void arrive(Object message, @Nullable Delivery delivery) {
    if (delivery == null || delivery.receiver.isIsolated() || !delivery.receiver.isAlive()) {
      world.trace().count("fault: message lost");
      return;
    }
    world.trace().count("message: " + message.getClass().getSimpleName());
    delivery.receiver.run(delivery.take);
  }

  private final class PostOf implements Post {
    private final SimulatedProcess sender;

    PostOf(SimulatedProcess sender) {
      this.sender = sender;
    }

    @Override
    public void toPlacement(ToPlacement message) {
      carry(
          sender,
          message,
          () -> {
            SimulatedNode node = cluster.placement();
            return node == null
                ? null
                : new Delivery(
                    node.process(), () -> node.loop().execute(() -> node.node().receive(message)));
          });
    }

    @Override
    public void toOwner(ToOwner message) {
      carry(
          sender,
          message,
          () -> {
            SimulatedNode node =
                world.chance().in(misled)
                    ? cluster.someOwner(message.run())
                    : cluster.owner(message.run());
            return node == null ? null : new Delivery(node.process(), () -> take(node, message));
          });
    }

    private void take(SimulatedNode node, ToOwner message) {
      node.loop().execute(() -> node.node().receive(unfenced(message)));
    }

    /** A planted bug takes away what tells attempts apart. */
    private ToOwner unfenced(ToOwner message) {
      if (world.flaw() == Flaw.REPORTS_NOT_FENCED
          && message instanceof ToOwner.Report(var attempt, var worker, var report, long millis)
          && world.watch().durable().run(attempt.run()).state().status(attempt.task())
              instanceof TaskStatus.Running running) {
        AttemptRef taken = new AttemptRef(attempt.run(), attempt.task(), running.attempt());
        return new ToOwner.Report(taken, worker, report, millis);
      }
      return message;
    }

    @Override
    public void toWorker(String address, ToWorker message) {
      carry(
          sender,
          message,
          () -> {
            SimulatedWorker worker = cluster.worker(address);
            return worker == null
                ? null
                : new Delivery(worker.process(), () -> worker.receive(message));
          });
    }
  }
}

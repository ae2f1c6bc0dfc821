package dev.millrace.runtime;

import dev.millrace.dispatch.AttemptRef;
import dev.millrace.dispatch.Post;
import dev.millrace.dispatch.ToOwner;
import dev.millrace.dispatch.ToPlacement;
import dev.millrace.dispatch.ToWorker;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Carries the messages of a simulated cluster: some come late, so that others overtake them, some
 * come twice, some never. Which is counted by kind, for whoever wants to know what was tried.
 */
final class SimulatedNetwork implements Post {
  private static final int LATE = 4_000;

  private final SimulatedTime time;
  private final PlantedBug bug;
  private final Map<String, SimulatedWorker> workers = new HashMap<>();
  private final Map<String, Integer> counts = new TreeMap<>();
  private final Map<String, Integer> running = new HashMap<>();
  private Cluster cluster = new Nobody();
  private boolean faulty = true;

  /** Knows who is where at the moment that a message arrives. */
  interface Cluster {
    @Nullable SimulatedEngine placing();

    @Nullable SimulatedEngine ownerOf(String run);
  }

  /** A cluster in which nobody is anywhere. */
  private static final class Nobody implements Cluster {
    @Override
    public @Nullable SimulatedEngine placing() {
      return null;
    }

    @Override
    public @Nullable SimulatedEngine ownerOf(String run) {
      return null;
    }
  }

  SimulatedNetwork(SimulatedTime time, PlantedBug bug) {
    this.time = time;
    this.bug = bug;
  }

  void connect(Cluster places) {
    cluster = places;
  }

  void add(SimulatedWorker worker) {
    workers.put(worker.address(), worker);
  }

  /** Loses and doubles nothing any more. */
  void heal() {
    faulty = false;
  }

  Map<String, Integer> counts() {
    return counts;
  }

  @Override
  public void toPlacement(ToPlacement message) {
    send(
        message,
        () -> {
          SimulatedEngine engine = cluster.placing();
          if (engine != null) {
            engine.receive(message);
          }
        });
  }

  @Override
  public void toOwner(ToOwner message) {
    send(message, () -> deliver(message));
  }

  private void deliver(ToOwner message) {
    SimulatedEngine engine = cluster.ownerOf(message.run());
    if (engine != null) {
      engine.receive(bug == PlantedBug.ATTEMPTS_NOT_FENCED ? unfenced(message) : message);
    }
  }

  /** Has what was said of an earlier attempt be said of the one that runs. */
  private ToOwner unfenced(ToOwner message) {
    if (message instanceof ToOwner.Report(var attempt, var worker, var report, long millis)) {
      Integer now = running.get(attempt.run() + "/" + attempt.task());
      if (now != null && now > attempt.attempt()) {
        AttemptRef other = new AttemptRef(attempt.run(), attempt.task(), now);
        return new ToOwner.Report(other, worker, report, millis);
      }
    }
    return message;
  }

  @Override
  public void toWorker(String address, ToWorker message) {
    if (message instanceof ToWorker.Start(var assignment)) {
      AttemptRef ref = assignment.ref();
      running.merge(ref.run() + "/" + ref.task(), ref.attempt(), Math::max);
    }
    send(
        message,
        () -> {
          SimulatedWorker worker = workers.get(address);
          if (worker != null) {
            worker.receive(message);
          }
        });
  }

  private void send(Object message, Runnable delivery) {
    count(message.getClass().getSimpleName());
    if (!faulty) {
      time.in(time.draw(2), delivery);
      return;
    }
    int fate = time.draw(40);
    if (fate == 0) {
      count("lost");
      return;
    }
    if (fate == 1) {
      count("doubled");
      time.in(time.draw(LATE), delivery);
    }
    if (fate == 2) {
      count("late");
      time.in(time.draw(LATE), delivery);
    } else {
      time.in(time.draw(5), delivery);
    }
  }

  private void count(String kind) {
    counts.merge(kind, 1, Integer::sum);
  }
}

package dev.millrace.schedule;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keeps large tasks from being starved by small ones, without a clock and without knowing how long
 * anything takes.
 *
 * <p>A task for which there is no room lets others pass, though not more of them than it is large
 * itself, both by the weights of their runs: when those that should have come later have been given
 * as much as it needs, its queue is impatient. Then one worker is kept for it, the one where least
 * is missing: tasks of the same or a lower priority get no more there than leaves room for one of
 * the queue's tasks, while the other workers go on as before. What is held there ends some time, so
 * the task gets its place.
 *
 * <p>What passes is counted by resource. A task that waits for a gpu and many cpus is not passed by
 * those that take cpus while the gpu is taken: to keep cpus idle for it would help nobody.
 *
 * <p>Several impatient queues are served by priority, then in the order in which their patience ran
 * out, so each gets its turn. Resources that are limited for all workers together are kept first,
 * and a worker only when there is enough of them: so nobody waits in a circle.
 */
final class Patience {
  private final Fleet fleet;
  private final Queues queues;
  private final List<DemandQueue> impatient = new ArrayList<>();
  private double ahead;
  private boolean changed;

  Patience(Fleet fleet, Queues queues) {
    this.fleet = fleet;
    this.queues = queues;
  }

  void setAhead(double share) {
    ahead = share;
  }

  /** Counts for all who come before a task that it was placed; its place is taken already. */
  void passed(Lane lane, Worker worker, long own) {
    Needs taken = lane.queue().needs();
    queues.forEachBefore(
        lane,
        queue -> !queue.isImpatient() && isInTheWay(queue.needs(), taken, worker),
        queue -> count(queue, taken, worker, own));
  }

  /** Returns whether there is too little of something that was taken. */
  private boolean isInTheWay(Needs wanted, Needs taken, Worker worker) {
    for (int i = 0; i < wanted.all().size(); i++) {
      if (taken.all().of(wanted.all().resources[i]) > 0 && isLacking(wanted, i, worker)) {
        return wanted.isSite(worker);
      }
    }
    return false;
  }

  private boolean isLacking(Needs wanted, int i, Worker worker) {
    return fleet.lacks(worker, wanted.all().resources[i], wanted.all().values[i], ahead);
  }

  private void count(DemandQueue queue, Needs taken, Worker worker, long own) {
    Needs wanted = queue.needs();
    long most = FairShare.byWeight(queues.first(queue).run(), wanted.share());
    boolean out = true;
    for (int i = 0; i < wanted.all().size(); i++) {
      if (isLacking(wanted, i, worker)) {
        if (taken.all().of(wanted.all().resources[i]) > 0) {
          queue.passedBy[i] += own;
        }
        out &= queue.passedBy[i] >= most;
      }
    }
    if (out) {
      add(queue);
    }
  }

  private void add(DemandQueue queue) {
    int at = impatient.size();
    while (at > 0 && impatient.get(at - 1).priority() < queue.priority()) {
      at--;
    }
    impatient.add(at, queue);
    queue.setImpatient(true);
    changed = true;
  }

  /** Starts counting anew: a task of the queue was placed, or it has none. */
  void satisfied(DemandQueue queue) {
    Arrays.fill(queue.passedBy, 0);
    if (queue.isImpatient()) {
      impatient.remove(queue);
      queue.setImpatient(false);
      giveUp(queue);
    }
  }

  /** Keeps nothing any more on a worker. */
  void forget(Worker worker) {
    DemandQueue queue = worker.slots().keptFor();
    if (queue != null) {
      giveUp(queue);
    }
  }

  private void takeFrom(@Nullable DemandQueue other, DemandQueue queue) {
    if (other != null && other != queue) {
      giveUp(other);
    }
  }

  /** Keeps nothing any more anywhere, for what was kept may be counted otherwise now. */
  void forgetAll() {
    impatient.forEach(this::giveUp);
  }

  private void giveUp(DemandQueue queue) {
    Worker worker = queue.kept();
    if (worker != null) {
      worker.slots().keepFor(null, null);
      queue.setKept(null);
      fleet.gained(worker);
    }
    if (fleet.limits().keptFor() == queue) {
      fleet.limits().keepFor(null, null);
      fleet.gainedLimits();
    }
    changed = true;
  }

  /**
   * Keeps places for those whose patience ran out, as far as there are some to keep.
   *
   * @param news whether anything became free
   */
  void keepPlaces(boolean news) {
    changed |= news;
    while (changed) {
      changed = false;
      impatient.forEach(this::keepPlace);
    }
  }

  private void keepPlace(DemandQueue queue) {
    Needs wanted = queue.needs();
    if (wanted.limited().size() > 0) {
      if (!isKeepable(fleet.limits(), queue)) {
        return;
      }
      takeFrom(fleet.limits().keptFor(), queue);
      fleet.limits().keepFor(queue, wanted.limited());
    }
    if (queue.kept() == null && fleet.limits().covers(wanted.limited(), 0)) {
      keepWorker(queue);
    }
  }

  private void keepWorker(DemandQueue queue) {
    Worker best = null;
    double least = Double.POSITIVE_INFINITY;
    for (Worker worker : queue.needs().sites()) {
      if (isKeepable(worker.slots(), queue)) {
        double shortage = worker.slots().shortage(queue.needs().local(), ahead);
        if (shortage < least) {
          best = worker;
          least = shortage;
        }
      }
    }
    if (best != null) {
      takeFrom(best.slots().keptFor(), queue);
      best.slots().keepFor(queue, queue.needs().local());
      queue.setKept(best);
    }
  }

  private static boolean isKeepable(Slots slots, DemandQueue queue) {
    DemandQueue other = slots.keptFor();
    return other == null || other == queue || other.priority() < queue.priority();
  }
}

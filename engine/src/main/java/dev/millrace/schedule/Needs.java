package dev.millrace.schedule;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A demand in numbers: what it is of the resources of a worker and of those that are limited for
 * all together, which share of everything that is, and which workers can meet it.
 */
final class Needs {
  private final Demand demand;
  private final Amounts all;
  private final List<DemandQueue> queues = new ArrayList<>(1);
  private Amounts local;
  private Amounts limited;
  private long share;
  private List<Worker> sites = List.of();
  private boolean[] isSite = new boolean[0];
  private int held;

  Needs(Demand demand, Amounts all, Fleet fleet) {
    this.demand = demand;
    this.all = all;
    local = all;
    limited = all;
    refresh(fleet);
  }

  /** Computes anew what depends on workers and limits. */
  void refresh(Fleet fleet) {
    local = all.only(resource -> !fleet.isLimited(resource));
    limited = all.only(fleet::isLimited);
    share = fleet.dominantShare(all);
    sites = fleet.sitesOf(this);
    isSite = new boolean[fleet.workers().size()];
    sites.forEach(worker -> isSite[worker.number()] = true);
  }

  Demand demand() {
    return demand;
  }

  Amounts all() {
    return all;
  }

  /** Returns what is taken of a worker. */
  Amounts local() {
    return local;
  }

  /** Returns what is taken of the limits for all workers. */
  Amounts limited() {
    return limited;
  }

  /** Returns the largest share of any resource, in units of {@link FairShare#WHOLE}. */
  long share() {
    return share;
  }

  /** Returns the workers that have room when they are empty, and are not drained. */
  List<Worker> sites() {
    return sites;
  }

  boolean isSite(Worker worker) {
    return isSite[worker.number()];
  }

  /** Returns the queue of a priority, or null where there is none. */
  @Nullable DemandQueue queue(int priority) {
    for (DemandQueue queue : queues) {
      if (queue.priority() == priority) {
        return queue;
      }
    }
    return null;
  }

  /** Counts a task that is held, or no longer. */
  void count(int more) {
    held += more;
  }

  void add(DemandQueue queue) {
    queues.add(queue);
  }

  void remove(DemandQueue queue) {
    queues.remove(queue);
  }

  boolean isUnused() {
    return held == 0 && queues.isEmpty();
  }
}

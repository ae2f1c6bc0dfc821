package dev.millrace.schedule;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All workers, and the limits that hold for all of them together.
 *
 * <p>A task goes to one of its preferred workers that has room; else to where least would be left
 * (best fit), so that large holes stay for large tasks and workers with rare resources for those
 * that need them. Only where no worker has room is it given ahead, and then to the worker of which
 * most is left, as those that wait there for the same places would wait for each other.
 *
 * <p>It knows which workers have more room than at the last look, so that a queue for which there
 * was none need not look at the others again.
 */
final class Fleet {
  /** Beyond so many, demands of which there are no tasks are looked for and forgotten. */
  private static final int MANY_DEMANDS = 1024;

  private final ResourceNames names = new ResourceNames();
  private final Map<String, Worker> workers = new LinkedHashMap<>();
  private final Map<Demand, Needs> needs = new HashMap<>();
  private final Slots limits = new Slots(Amounts.of(Map.of(), names), 0);
  private final BitSet limited = new BitSet();
  private final List<Worker> fresh = new ArrayList<>();
  private double[] totals = new double[0];
  private int needsWorthSweeping = MANY_DEMANDS;
  private int limitedHeld;
  private boolean freshLimits;
  private boolean news;

  // ---- who there is ----

  @Nullable Worker find(String name) {
    return workers.get(name);
  }

  Collection<Worker> workers() {
    return workers.values();
  }

  /** Adds a worker, or replaces what is known of it but for what it holds. */
  Worker add(WorkerSpec spec) {
    Amounts capacity = Amounts.of(spec.capacity(), names);
    Slots slots = new Slots(capacity, names.size());
    Worker worker = workers.get(spec.name());
    if (worker == null) {
      worker = new Worker(spec, slots);
      workers.put(spec.name(), worker);
    } else {
      worker.describe(spec, slots);
      worker.held().values().forEach(held -> slots.take(held.needs().local()));
    }
    changed();
    gained(worker);
    return worker;
  }

  void remove(Worker worker) {
    workers.remove(worker.name());
    fresh.remove(worker);
    changed();
  }

  void drain(Worker worker) {
    worker.drain();
    changed();
  }

  void setLimit(String resource, double limit) {
    int number = names.number(resource);
    limited.set(number);
    limits.setCapacity(number, limit);
    changed();
    recount();
    freshLimits = true;
    news = true;
  }

  private void changed() {
    int number = 0;
    totals = new double[names.size()];
    for (Worker worker : workers.values()) {
      worker.setNumber(number++);
      for (int resource = 0; resource < totals.length; resource++) {
        totals[resource] += worker.slots().capacity(resource);
      }
    }
    limited.stream().forEach(resource -> totals[resource] = limits.capacity(resource));
    needs.values().forEach(each -> each.refresh(this));
  }

  private void recount() {
    limits.empty();
    limitedHeld = 0;
    for (Worker worker : workers.values()) {
      worker.slots().empty();
      worker.held().values().forEach(held -> takeSlots(worker, held.needs()));
    }
  }

  // ---- demands ----

  Needs needs(Demand demand) {
    Needs known = needs.get(demand);
    if (known == null) {
      forgetUnused();
      known = new Needs(demand, Amounts.of(demand.amounts(), names), this);
      needs.put(demand, known);
    }
    return known;
  }

  private void forgetUnused() {
    if (needs.size() >= needsWorthSweeping) {
      needs.values().removeIf(Needs::isUnused);
      needsWorthSweeping = Math.max(MANY_DEMANDS, 2 * needs.size());
    }
  }

  boolean isLimited(int resource) {
    return limited.get(resource);
  }

  /** Returns the largest share that the amounts are of anything; at least 1 part. */
  long dominantShare(Amounts amounts) {
    double most = 0;
    for (int i = 0; i < amounts.size(); i++) {
      int resource = amounts.resources[i];
      if (resource < totals.length && totals[resource] > 0) {
        most = Math.max(most, amounts.values[i] / totals[resource]);
      }
    }
    return Math.max(1, Math.round(most * FairShare.WHOLE));
  }

  List<Worker> sitesOf(Needs wanted) {
    return workers.values().stream()
        .filter(worker -> !worker.isDraining() && couldEverHold(worker, wanted))
        .toList();
  }

  private static boolean couldEverHold(Worker worker, Needs wanted) {
    return worker.suits(wanted.demand()) && worker.slots().couldEverCover(wanted.local());
  }

  /** Returns whether some worker could hold such a task when it is empty, drained ones included. */
  boolean couldEverPlace(Demand demand) {
    Needs wanted = needs(demand);
    return limits.couldEverCover(wanted.limited())
        && (!wanted.sites().isEmpty()
            || workers.values().stream().anyMatch(worker -> couldEverHold(worker, wanted)));
  }

  // ---- what is taken ----

  /** Takes the place of a task, and returns what the worker held by the same name. */
  Worker.@Nullable Held take(Worker worker, Worker.Held held) {
    Worker.Held before = release(worker, held.key());
    worker.held().put(held.key(), held);
    held.needs().count(1);
    takeSlots(worker, held.needs());
    return before;
  }

  private void takeSlots(Worker worker, Needs needs) {
    worker.slots().take(needs.local());
    if (needs.limited().size() > 0) {
      limits.take(needs.limited());
      limitedHeld++;
    }
  }

  Worker.@Nullable Held release(Worker worker, long key) {
    Worker.Held held = worker.held().remove(key);
    if (held != null) {
      held.needs().count(-1);
      worker.slots().giveBack(held.needs().local());
      if (worker.held().size() == 0) {
        worker.slots().empty();
      }
      gained(worker);
      giveBackLimited(held.needs().limited());
    }
    return held;
  }

  private void giveBackLimited(Amounts amounts) {
    if (amounts.size() > 0) {
      limits.giveBack(amounts);
      if (--limitedHeld == 0) {
        limits.empty();
      }
      freshLimits = true;
      news = true;
    }
  }

  double room(Worker worker, int resource, double ahead) {
    return isLimited(resource) ? limits.room(resource, 0) : worker.slots().room(resource, ahead);
  }

  /** Returns whether there is less of a resource there than is wanted. */
  boolean lacks(Worker worker, int resource, double wanted, double ahead) {
    return isLimited(resource)
        ? limits.lacks(resource, wanted, 0)
        : worker.slots().lacks(resource, wanted, ahead);
  }

  Slots limits() {
    return limits;
  }

  // ---- where there is room ----

  /** Notes that a worker has more room for some. */
  void gained(Worker worker) {
    news = true;
    if (!worker.isFresh()) {
      worker.setFresh(true);
      fresh.add(worker);
    }
  }

  void gainedLimits() {
    news = true;
    freshLimits = true;
  }

  /** Returns whether anything was gained since it was asked last. */
  boolean pollNews() {
    boolean had = news;
    news = false;
    return had;
  }

  /** Forgets who gained, once no queue has to look any more. */
  void settle() {
    fresh.forEach(worker -> worker.setFresh(false));
    fresh.clear();
    freshLimits = false;
  }

  /** Lets a queue look again for which there was no room, now that there is news. */
  void reopen(DemandQueue queue) {
    if (queue.room() == DemandQueue.Room.NOWHERE) {
      boolean limitsToo = freshLimits && queue.needs().limited().size() > 0;
      queue.setRoom(limitsToo ? DemandQueue.Room.ANYWHERE : DemandQueue.Room.FRESH);
    }
  }

  /** Returns false for a queue for which there is no room, and mostly only then. */
  boolean mayHaveRoom(DemandQueue queue, double ahead) {
    if (queue.room() == DemandQueue.Room.FRESH && !hasFreshRoom(queue, ahead)) {
      queue.setRoom(DemandQueue.Room.NOWHERE);
    }
    return queue.room() != DemandQueue.Room.NOWHERE;
  }

  private boolean hasFreshRoom(DemandQueue queue, double ahead) {
    for (int i = 0; i < fresh.size(); i++) {
      if (hasRoom(fresh.get(i), queue, ahead)) {
        return true;
      }
    }
    return false;
  }

  private static boolean hasRoom(Worker worker, DemandQueue queue, double ahead) {
    Needs wanted = queue.needs();
    return wanted.isSite(worker)
        && worker.slots().covers(wanted.local(), ahead)
        && worker.slots().admits(queue, wanted.local(), ahead);
  }

  /** Returns the worker for a task of the queue, or null where there is no room. */
  @Nullable Worker place(DemandQueue queue, QueuedTask task, double ahead) {
    Needs wanted = queue.needs();
    if (!limits.covers(wanted.limited(), 0) || !limits.admits(queue, wanted.limited(), 0)) {
      return null;
    }
    for (String name : task.preferred()) {
      Worker preferred = workers.get(name);
      if (preferred != null && hasRoom(preferred, queue, 0)) {
        return preferred;
      }
    }
    List<Worker> candidates = queue.room() == DemandQueue.Room.FRESH ? fresh : wanted.sites();
    Worker best = best(candidates, queue, 0, true);
    return best != null || ahead <= 0 ? best : best(candidates, queue, ahead, false);
  }

  /** Returns the worker with room of which least would be left, or else most. */
  private static @Nullable Worker best(
      List<Worker> candidates, DemandQueue queue, double ahead, boolean least) {
    Worker best = null;
    double bestLeft = 0;
    for (int i = 0; i < candidates.size(); i++) {
      Worker worker = candidates.get(i);
      if (hasRoom(worker, queue, ahead)) {
        double left = candidates.size() == 1 ? 0 : worker.slots().leftAfter(queue.needs().local());
        boolean better = least ? left < bestLeft : left > bestLeft;
        if (best == null || better || (left == bestLeft && worker.number() < best.number())) {
          best = worker;
          bestLeft = left;
        }
      }
    }
    return best;
  }

  /** Returns the amounts that are free on a worker by name of resource, for people and tests. */
  Map<String, Double> free(Worker worker) {
    Map<String, Double> free = new LinkedHashMap<>();
    worker
        .spec()
        .capacity()
        .keySet()
        .forEach(name -> free.put(name, worker.slots().room(names.number(name), 0)));
    return free;
  }
}

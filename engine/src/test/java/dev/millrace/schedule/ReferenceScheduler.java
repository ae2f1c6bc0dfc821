package dev.millrace.schedule;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The rules of placement as plainly as they can be said: all is in lists, and whatever can be
 * computed is computed anew for every task. {@link Scheduler} has to do the same.
 */
final class ReferenceScheduler {
  private static final double GRAIN = 1e-9;
  private static final double WHOLE = 1L << 32;
  private static final double MEMORY = 2;
  private static final int AGING = 16;

  private final List<Site> sites = new ArrayList<>();
  private final Map<String, Double> limits = new HashMap<>();
  private final Map<String, Run> runs = new LinkedHashMap<>();
  private final List<Lane> lanes = new ArrayList<>();
  private final List<Queue> queues = new ArrayList<>();
  private final List<Queue> impatient = new ArrayList<>();
  private @Nullable Queue limitsKeptFor;
  private double ahead;
  private long now;
  private long served;

  private static final class Site {
    private WorkerSpec spec;
    private boolean draining;
    private @Nullable Queue keptFor;
    private final List<Held> held = new ArrayList<>();

    private Site(WorkerSpec spec) {
      this.spec = spec;
    }

    private double capacity(String resource) {
      return spec.capacity().getOrDefault(resource, 0.0);
    }
  }

  private record Held(Run run, int task, Demand demand, long own) {}

  private static final class Run {
    private double weight = 1;
    private boolean open;
    private long finish;
    private long most;
    private long served;
    private long picks;
  }

  private static final class Lane {
    private final Run run;
    private final Queue queue;
    private final List<QueuedTask> arrivals = new ArrayList<>();
    private int picks;
    private long pickedAt;

    private Lane(Run run, Queue queue) {
      this.run = run;
      this.queue = queue;
      pickedAt = run.picks;
    }

    private QueuedTask head() {
      return picks % AGING == AGING - 1
          ? arrivals.getFirst()
          : arrivals.stream()
              .min(
                  Comparator.comparingDouble((QueuedTask task) -> -task.weight())
                      .thenComparingLong(QueuedTask::sequence))
              .orElseThrow();
    }
  }

  private static final class Queue {
    private final Demand demand;
    private final int priority;
    private final Map<String, Long> passedBy = new HashMap<>();
    private @Nullable Site kept;

    private Queue(Demand demand, int priority) {
      this.demand = demand;
      this.priority = priority;
    }
  }

  // ---- workers ----

  void addWorker(WorkerSpec spec) {
    Site known = site(spec.name());
    if (known == null) {
      sites.add(new Site(spec));
      return;
    }
    forget(known);
    known.spec = spec;
    known.draining = false;
  }

  void removeWorker(String worker) {
    Site site = site(worker);
    if (site != null) {
      forget(site);
      releaseAll(site);
      sites.remove(site);
    }
  }

  void drain(String worker) {
    Site site = site(worker);
    if (site != null) {
      forget(site);
      site.draining = true;
    }
  }

  void setLimit(String resource, double limit) {
    impatient.forEach(this::giveUp);
    limits.put(resource, limit);
  }

  Map<String, Double> free(String worker) {
    Map<String, Double> free = new HashMap<>();
    Site site = site(worker);
    if (site != null) {
      site.spec.capacity().keySet().forEach(name -> free.put(name, siteRoom(site, name, 0)));
    }
    return free;
  }

  private @Nullable Site site(String name) {
    return sites.stream().filter(site -> site.spec.name().equals(name)).findFirst().orElse(null);
  }

  // ---- what is held ----

  void occupy(String worker, QueuedTask task) {
    Site site = site(worker);
    if (site != null) {
      hold(site, run(task.run()), task);
    }
  }

  boolean release(String worker, String run, int task) {
    Site site = site(worker);
    Run owner = runs.get(run);
    boolean released =
        site != null && site.held.removeIf(held -> held.run == owner && held.task == task);
    forgetRuns();
    return released;
  }

  private void releaseAll(Site site) {
    site.held.clear();
    forgetRuns();
  }

  private void hold(Site site, Run run, QueuedTask task) {
    site.held.removeIf(held -> held.run == run && held.task == task.task());
    site.held.add(new Held(run, task.task(), task.demand(), own(run, task.demand())));
  }

  // ---- runs and their tasks ----

  private Run run(String id) {
    return runs.computeIfAbsent(
        id,
        _ -> {
          Run run = new Run();
          run.served = ++served;
          return run;
        });
  }

  private boolean isActive(Run run) {
    return lanes.stream().anyMatch(lane -> lane.run == run)
        || sites.stream().anyMatch(site -> site.held.stream().anyMatch(held -> held.run == run));
  }

  private void forgetRuns() {
    runs.values().removeIf(run -> !run.open && !isActive(run));
  }

  void setWeight(String id, double weight) {
    Run run = run(id);
    run.open = true;
    run.weight = weight;
  }

  void offer(QueuedTask task) {
    withdraw(task.run(), task.task());
    Run run = run(task.run());
    run.open = true;
    Queue queue = queue(task);
    Lane lane =
        lanes.stream()
            .filter(known -> known.run == run && known.queue == queue)
            .findFirst()
            .orElse(null);
    if (lane == null) {
      lane = new Lane(run, queue);
      lanes.add(lane);
    }
    lane.arrivals.add(task);
  }

  private Queue queue(QueuedTask task) {
    for (Queue queue : queues) {
      if (queue.demand.equals(task.demand()) && queue.priority == task.priority()) {
        return queue;
      }
    }
    queues.add(new Queue(task.demand(), task.priority()));
    return queues.getLast();
  }

  void withdraw(String id) {
    Run run = runs.get(id);
    if (run != null) {
      lanes.removeIf(lane -> lane.run == run);
      run.open = false;
      forgetQueues();
      forgetRuns();
    }
  }

  boolean withdraw(String run, int task) {
    boolean found = false;
    for (Lane lane : lanes) {
      found |= lane.arrivals.removeIf(queued -> queued.run().equals(run) && queued.task() == task);
    }
    forgetQueues();
    forgetRuns();
    return found;
  }

  int queued() {
    return lanes.stream().mapToInt(lane -> lane.arrivals.size()).sum();
  }

  private void forgetQueues() {
    lanes.removeIf(lane -> lane.arrivals.isEmpty());
    for (Queue queue : List.copyOf(queues)) {
      if (lanes.stream().noneMatch(lane -> lane.queue == queue)) {
        satisfied(queue);
        queues.remove(queue);
      }
    }
  }

  // ---- order ----

  private double total(String resource) {
    return limits.containsKey(resource)
        ? limits.get(resource)
        : sites.stream().mapToDouble(site -> site.capacity(resource)).sum();
  }

  private long share(Demand demand) {
    double most = 0;
    for (Map.Entry<String, Double> amount : demand.amounts().entrySet()) {
      double total = total(amount.getKey());
      most = total > 0 ? Math.max(most, amount.getValue() / total) : most;
    }
    return Math.max(1, Math.round(most * WHOLE));
  }

  private long own(Run run, Demand demand) {
    return Math.max(1, Math.round(share(demand) / run.weight));
  }

  private long claim(Run run) {
    long held =
        sites.stream()
            .flatMap(site -> site.held.stream())
            .filter(each -> each.run == run)
            .mapToLong(Held::own)
            .sum();
    return held + Math.max(now, Math.min(run.finish, now + run.most));
  }

  private List<Lane> inOrder() {
    Map<Run, Long> claims = new HashMap<>();
    runs.values().forEach(run -> claims.put(run, claim(run)));
    Comparator<Lane> order =
        Comparator.comparingInt((Lane lane) -> -lane.queue.priority)
            .thenComparingLong(lane -> claims.getOrDefault(lane.run, 0L))
            .thenComparingLong(lane -> lane.run.served)
            .thenComparing((one, other) -> compareInRun(one, other));
    return lanes.stream().sorted(order).toList();
  }

  private int compareInRun(Lane one, Lane other) {
    long laneCount = lanes.stream().filter(lane -> lane.run == one.run).count();
    boolean oneDue = one.run.picks - one.pickedAt >= AGING * laneCount;
    boolean otherDue = other.run.picks - other.pickedAt >= AGING * laneCount;
    if (oneDue != otherDue) {
      return oneDue ? -1 : 1;
    }
    if (oneDue && one.pickedAt != other.pickedAt) {
      return Long.compare(one.pickedAt, other.pickedAt);
    }
    int byWeight = Double.compare(other.head().weight(), one.head().weight());
    return byWeight != 0 ? byWeight : Long.compare(one.head().sequence(), other.head().sequence());
  }

  // ---- placing ----

  List<Placement> place(double nowAhead) {
    ahead = nowAhead;
    List<Placement> placements = new ArrayList<>();
    for (Placement next = placeOne(); next != null; next = placeOne()) {
      placements.add(next);
    }
    return placements;
  }

  private @Nullable Placement placeOne() {
    keepPlaces();
    List<Lane> order = inOrder();
    for (int i = 0; i < order.size(); i++) {
      Lane lane = order.get(i);
      Site site = choose(lane);
      if (site != null) {
        return take(lane, site, order.subList(0, i));
      }
    }
    return null;
  }

  private Placement take(Lane lane, Site site, List<Lane> before) {
    QueuedTask task = lane.head();
    Run run = lane.run;
    long own = own(run, task.demand());
    long share = share(task.demand());
    hold(site, run, task);
    queues.stream()
        .filter(queue -> queue != lane.queue)
        .filter(queue -> before.stream().anyMatch(passed -> passed.queue == queue))
        .forEach(queue -> passed(queue, first(before, queue), task.demand(), own, site));
    long start = Math.max(run.finish, now);
    run.finish = Math.max(start, Math.min(start + own, now + (long) (MEMORY * own)));
    run.most = own - 1;
    run.served = ++served;
    double weights = runs.values().stream().filter(this::isActive).mapToDouble(r -> r.weight).sum();
    now += Math.max(1, Math.round(share / weights));
    lane.arrivals.remove(task);
    lane.picks++;
    run.picks++;
    lane.pickedAt = run.picks;
    satisfied(lane.queue);
    forgetQueues();
    return new Placement(task, site.spec.name());
  }

  private @Nullable Site choose(Lane lane) {
    Demand demand = lane.queue.demand;
    if (!limitsAdmit(lane.queue)) {
      return null;
    }
    for (String name : lane.head().preferred()) {
      Site preferred = site(name);
      if (preferred != null && hasRoom(preferred, lane.queue, 0)) {
        return preferred;
      }
    }
    Site best =
        sites.stream()
            .filter(site -> hasRoom(site, lane.queue, 0))
            .min(Comparator.comparingDouble(site -> left(site, demand)))
            .orElse(null);
    return best != null
        ? best
        : sites.stream()
            .filter(site -> hasRoom(site, lane.queue, ahead))
            .min(Comparator.comparingDouble(site -> -left(site, demand)))
            .orElse(null);
  }

  private double left(Site site, Demand demand) {
    return site.spec.capacity().keySet().stream()
        .filter(name -> site.capacity(name) > 0)
        .mapToDouble(
            name ->
                (siteRoom(site, name, 0)
                        - (limits.containsKey(name) ? 0 : demand.amounts().getOrDefault(name, 0.0)))
                    / site.capacity(name))
        .sum();
  }

  private boolean isSite(Site site, Demand demand) {
    return !site.draining
        && site.spec.executors().contains(demand.executor())
        && site.spec.labels().entrySet().containsAll(demand.labels().entrySet())
        && demand.amounts().entrySet().stream()
            .filter(amount -> !limits.containsKey(amount.getKey()))
            .allMatch(amount -> amount.getValue() <= site.capacity(amount.getKey()) + GRAIN);
  }

  private double siteRoom(Site site, String resource, double more) {
    double held =
        limits.containsKey(resource)
            ? 0
            : site.held.stream()
                .mapToDouble(each -> each.demand.amounts().getOrDefault(resource, 0.0))
                .sum();
    return site.capacity(resource) * (1 + more) - held;
  }

  private double limitRoom(String resource) {
    double held =
        sites.stream()
            .flatMap(site -> site.held.stream())
            .mapToDouble(each -> each.demand.amounts().getOrDefault(resource, 0.0))
            .sum();
    return limits.getOrDefault(resource, 0.0) - held;
  }

  private boolean hasRoom(Site site, Queue queue, double more) {
    if (!isSite(site, queue.demand)) {
      return false;
    }
    Queue keptFor = mustLeave(site.keptFor, queue) ? site.keptFor : null;
    for (Map.Entry<String, Double> amount : queue.demand.amounts().entrySet()) {
      String name = amount.getKey();
      if (amount.getValue() > 0 && !limits.containsKey(name)) {
        double room = siteRoom(site, name, more);
        double reserved = keptFor != null ? keptFor.demand.amounts().getOrDefault(name, 0.0) : 0;
        if (amount.getValue() + reserved > room + GRAIN) {
          return false;
        }
      }
    }
    return true;
  }

  private static boolean mustLeave(@Nullable Queue keptFor, Queue queue) {
    return keptFor != null && keptFor != queue && keptFor.priority >= queue.priority;
  }

  private boolean limitsAdmit(Queue queue) {
    Queue keptFor = mustLeave(limitsKeptFor, queue) ? limitsKeptFor : null;
    for (Map.Entry<String, Double> amount : queue.demand.amounts().entrySet()) {
      String name = amount.getKey();
      if (amount.getValue() > 0 && limits.containsKey(name)) {
        double reserved = keptFor != null ? keptFor.demand.amounts().getOrDefault(name, 0.0) : 0;
        if (amount.getValue() + reserved > limitRoom(name) + GRAIN) {
          return false;
        }
      }
    }
    return true;
  }

  // ---- patience ----

  private static Run first(List<Lane> order, Queue queue) {
    return order.stream().filter(lane -> lane.queue == queue).findFirst().orElseThrow().run;
  }

  private void passed(Queue queue, Run run, Demand by, long own, Site site) {
    if (impatient.contains(queue) || !isSite(site, queue.demand)) {
      return;
    }
    boolean inTheWay = false;
    boolean out = true;
    for (String name : new TreeSet<>(queue.demand.amounts().keySet())) {
      double wanted = queue.demand.amounts().getOrDefault(name, 0.0);
      double room = limits.containsKey(name) ? limitRoom(name) : siteRoom(site, name, ahead);
      if (wanted > room + GRAIN && wanted > 0) {
        if (by.amounts().getOrDefault(name, 0.0) > 0) {
          inTheWay = true;
          queue.passedBy.merge(name, own, Long::sum);
        }
        out &= queue.passedBy.getOrDefault(name, 0L) >= own(run, queue.demand);
      }
    }
    if (inTheWay && out) {
      impatient.add(queue);
      impatient.sort(Comparator.comparingInt(each -> -each.priority));
    }
  }

  private void satisfied(Queue queue) {
    queue.passedBy.clear();
    if (impatient.remove(queue)) {
      giveUp(queue);
    }
  }

  private void forget(Site site) {
    if (site.keptFor != null) {
      giveUp(site.keptFor);
    }
  }

  private void giveUp(Queue queue) {
    if (queue.kept != null) {
      queue.kept.keptFor = null;
      queue.kept = null;
    }
    if (limitsKeptFor == queue) {
      limitsKeptFor = null;
    }
  }

  private void keepPlaces() {
    boolean again = true;
    while (again) {
      again = false;
      for (Queue queue : impatient) {
        again |= keepPlace(queue);
      }
    }
  }

  /** Returns whether another queue lost its place. */
  private boolean keepPlace(Queue queue) {
    boolean limited =
        queue.demand.amounts().entrySet().stream()
            .anyMatch(amount -> amount.getValue() > 0 && limits.containsKey(amount.getKey()));
    boolean took = false;
    if (limited) {
      if (!isKeepable(limitsKeptFor, queue)) {
        return false;
      }
      if (limitsKeptFor != null && limitsKeptFor != queue) {
        giveUp(limitsKeptFor);
        took = true;
      }
      limitsKeptFor = queue;
    }
    if (queue.kept != null || !enoughOfLimits(queue.demand)) {
      return took;
    }
    Site best =
        sites.stream()
            .filter(site -> isSite(site, queue.demand) && isKeepable(site.keptFor, queue))
            .min(Comparator.comparingDouble(site -> shortage(site, queue.demand)))
            .orElse(null);
    if (best != null) {
      took |= best.keptFor != null;
      forget(best);
      best.keptFor = queue;
      queue.kept = best;
    }
    return took;
  }

  private boolean enoughOfLimits(Demand demand) {
    return demand.amounts().entrySet().stream()
        .filter(amount -> limits.containsKey(amount.getKey()))
        .allMatch(amount -> amount.getValue() <= limitRoom(amount.getKey()) + GRAIN);
  }

  private double shortage(Site site, Demand demand) {
    return demand.amounts().entrySet().stream()
        .filter(amount -> amount.getValue() > 0 && !limits.containsKey(amount.getKey()))
        .mapToDouble(
            amount ->
                (amount.getValue() - siteRoom(site, amount.getKey(), ahead)) / amount.getValue())
        .max()
        .orElse(-1);
  }

  private static boolean isKeepable(@Nullable Queue other, Queue queue) {
    return other == null || other == queue || other.priority < queue.priority;
  }
}

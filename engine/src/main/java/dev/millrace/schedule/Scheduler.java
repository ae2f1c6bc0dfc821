package dev.millrace.schedule;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Places queued tasks on workers. A task is placed where there is room for all that it needs; which
 * one comes first is decided by
 *
 * <ol>
 *   <li>priority, the higher first;
 *   <li>fair share between runs, see {@link FairShare};
 *   <li>within a run, weight: the longest way to the end of the run first, see {@link
 *       CriticalPath};
 *   <li>sequence, the lower first.
 * </ol>
 *
 * <p>A task for which there is no room lets others pass, but not for ever, see {@link Patience};
 * nor do light tasks wait for ever for heavier ones that come later. So each task that fits some
 * worker is placed after finitely many others of its priority, if what is placed ends.
 *
 * <p>There is one queue for each demand and priority, in which the runs are ordered by their
 * shares: a placement looks at the heads of a few queues, and costs the logarithm of the number of
 * runs and tasks. What is placed depends on nothing but the calls.
 *
 * <p>Not safe for use by several threads.
 */
public final class Scheduler {
  private static final double MOST_WEIGHT = 100;

  private final FairShare fair = new FairShare();
  private final Queues queues = new Queues(fair);
  private final Fleet fleet = new Fleet();
  private final Patience patience = new Patience(fleet, queues);
  private double lastAhead;
  private int queuedTasks;

  // ---- workers ----

  /** Adds a worker without labels, or replaces what is known of it. */
  public void addWorker(String worker, Set<String> executors, Map<String, Double> capacity) {
    addWorker(new WorkerSpec(worker, executors, capacity, Map.of()));
  }

  /** Adds a worker, or replaces what is known of it: it still holds what it held. */
  public void addWorker(WorkerSpec spec) {
    Worker known = fleet.find(spec.name());
    if (known != null) {
      patience.forget(known);
    }
    fleet.add(spec);
  }

  /** Forgets a worker, and that it holds anything. */
  public void removeWorker(String worker) {
    Worker known = fleet.find(worker);
    if (known != null) {
      patience.forget(known);
      releaseAll(known);
      fleet.remove(known);
    }
  }

  /** Places nothing more on a worker, until it is added again. */
  public void drain(String worker) {
    Worker known = fleet.find(worker);
    if (known != null) {
      patience.forget(known);
      fleet.drain(known);
    }
  }

  /**
   * Limits how much of a resource all workers use together. Such a resource is counted here alone:
   * workers need not have it, and none is given ahead.
   */
  public void setLimit(String resource, double limit) {
    patience.forgetAll();
    fleet.setLimit(resource, limit);
  }

  /** Returns whether some worker is large enough for the demand when it is empty. */
  public boolean couldEverPlace(Demand demand) {
    return fleet.couldEverPlace(demand);
  }

  /** Returns what is free on a worker by name of resource; less than nothing of what is ahead. */
  public Map<String, Double> free(String worker) {
    Worker known = fleet.find(worker);
    return known == null ? Map.of() : fleet.free(known);
  }

  // ---- what workers hold ----

  /**
   * Says that a worker holds a task that was not placed there just now, as after a restart. A task
   * is held by one worker once: an earlier attempt at it there no longer counts.
   */
  public void occupy(String worker, QueuedTask held) {
    Worker known = fleet.find(worker);
    if (known != null) {
      take(known, fair.account(held.run()), held);
    }
  }

  /**
   * Gives back what a task took on a worker. To say so twice does nothing.
   *
   * @return whether the worker held it
   */
  public boolean release(String worker, String run, int task) {
    Worker known = fleet.find(worker);
    RunAccount account = fair.find(run);
    return known != null && account != null && release(known, Worker.Held.key(account, task));
  }

  private void releaseAll(Worker worker) {
    worker.held().values().forEach(held -> release(worker, held.key()));
  }

  private boolean release(Worker worker, long key) {
    Worker.Held held = fleet.release(worker, key);
    released(held);
    return held != null;
  }

  private void released(Worker.@Nullable Held held) {
    if (held != null) {
      fair.release(held.run(), held.own());
      claimsLess(held.run());
    }
  }

  private void claimsLess(RunAccount run) {
    run.lanes.values().forEach(lane -> lane.queue().claimsLess(lane, fair.now()));
  }

  private void take(Worker worker, RunAccount run, QueuedTask task) {
    Worker.Held held = hold(run, task.task(), fleet.needs(task.demand()));
    Worker.Held before = fleet.take(worker, held);
    fair.hold(run, held.own());
    released(before);
  }

  private static Worker.Held hold(RunAccount run, int task, Needs needs) {
    return new Worker.Held(run, task, needs, FairShare.byWeight(run, needs.share()));
  }

  // ---- tasks ----

  /**
   * Gives a run a share in proportion to its weight, which is 1 unless set.
   *
   * @param weight from 0.01 to 100
   */
  public void setWeight(String run, double weight) {
    if (!(weight >= 1 / MOST_WEIGHT && weight <= MOST_WEIGHT)) {
      throw new IllegalArgumentException("run " + run + " has a weight of " + weight);
    }
    RunAccount account = fair.account(run);
    account.open = true;
    fair.setWeight(account, weight);
  }

  /** Returns how many tasks are queued. */
  public int queued() {
    return queuedTasks;
  }

  /** Queues a task. One that is queued already is replaced. */
  public void offer(QueuedTask queued) {
    RunAccount run = fair.account(queued.run());
    run.open = true;
    QueuedTask before = run.queued.put(queued);
    if (before != null) {
      withdrawn(run, before);
    }
    DemandQueue queue = queues.queue(fleet.needs(queued.demand()), queued.priority());
    Lane lane = run.lanes.get(queue);
    if (lane == null) {
      lane = new Lane(queue, run);
      run.lanes.put(queue, lane);
      queue.add(lane);
    }
    lane.add(queued);
    queuedTasks++;
    fair.settle(run);
  }

  /**
   * Takes all queued tasks of a run out. What is known of the run is forgotten with the last task
   * that it holds: call this when a run has ended.
   */
  public void withdraw(String run) {
    RunAccount account = fair.find(run);
    if (account == null) {
      return;
    }
    queuedTasks -= account.queued.size();
    account.queued.clear();
    for (Lane lane : List.copyOf(account.lanes.values())) {
      remove(lane);
    }
    account.open = false;
    fair.settle(account);
  }

  /** Takes a queued task out; returns whether it was queued. */
  public boolean withdraw(String run, int task) {
    RunAccount account = fair.find(run);
    QueuedTask queued = account == null ? null : account.queued.remove(task);
    if (account == null || queued == null) {
      return false;
    }
    withdrawn(account, queued);
    fair.settle(account);
    return true;
  }

  /** Takes out of its lane what is in the table no more. */
  private void withdrawn(RunAccount run, QueuedTask task) {
    DemandQueue queue = fleet.needs(task.demand()).queue(task.priority());
    Lane lane = queue == null ? null : run.lanes.get(queue);
    if (lane != null) {
      lane.withdraw(task);
      removeIfEmpty(lane);
    }
    queuedTasks--;
  }

  private void removeIfEmpty(Lane lane) {
    if (lane.isEmpty()) {
      remove(lane);
    }
  }

  private void remove(Lane lane) {
    DemandQueue queue = lane.queue();
    lane.run().lanes.remove(queue);
    queue.remove(lane);
    if (queue.isEmpty()) {
      patience.satisfied(queue);
      queues.remove(queue);
    }
  }

  // ---- placing ----

  /** Places as many tasks as there is room for. */
  public List<Placement> place() {
    return place(0);
  }

  /**
   * Places as many tasks as there is room for, and more that the workers can begin by themselves as
   * soon as earlier ones end.
   *
   * @param ahead how much more than its capacity a worker is given, as a share of its capacity
   */
  public List<Placement> place(double ahead) {
    List<Placement> placements = new ArrayList<>();
    setAhead(ahead);
    lookForRoom();
    for (Lane lane = first(ahead); lane != null; lane = first(ahead)) {
      Worker worker = fleet.place(lane.queue(), lane.head(), ahead);
      if (worker == null) {
        lane.queue().setRoom(DemandQueue.Room.NOWHERE);
      } else {
        placements.add(place(lane, worker));
        lookForRoom();
      }
    }
    fleet.settle();
    return placements;
  }

  private @Nullable Lane first(double ahead) {
    return queues.first(queue -> fleet.mayHaveRoom(queue, ahead));
  }

  private void setAhead(double ahead) {
    if (ahead > lastAhead) {
      queues.forEach(queue -> queue.setRoom(DemandQueue.Room.ANYWHERE));
    }
    lastAhead = ahead;
    patience.setAhead(ahead);
  }

  private void lookForRoom() {
    boolean news = fleet.pollNews();
    patience.keepPlaces(news);
    if (fleet.pollNews() || news) {
      queues.forEach(fleet::reopen);
    }
  }

  private Placement place(Lane lane, Worker worker) {
    QueuedTask task = lane.head();
    RunAccount run = lane.run();
    DemandQueue queue = lane.queue();
    Worker.Held held = hold(run, task.task(), queue.needs());
    Worker.Held before = fleet.take(worker, held);
    patience.passed(lane, worker, held.own());
    fair.hold(run, held.own());
    released(before);
    long most = run.most;
    fair.serve(run, queue.needs().share(), held.own());
    if (run.most < most) {
      claimsLess(run);
    }
    run.queued.remove(task.task());
    queuedTasks--;
    lane.pick();
    patience.satisfied(queue);
    removeIfEmpty(lane);
    return new Placement(task, worker.name());
  }
}

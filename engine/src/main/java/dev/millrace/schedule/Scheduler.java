package dev.millrace.schedule;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Places queued tasks on workers by priority and resources.
 *
 * <p>There is one queue for each demand, so a placement looks at the heads of a few queues, never
 * at all tasks. A task that comes first but does not fit lets smaller ones pass, though only {@link
 * #PATIENCE} of them: after that nothing of lower rank is placed until it fits. So large tasks are
 * not starved, and no clock is needed to see that they wait.
 *
 * <p>Not safe for use by several threads.
 */
public final class Scheduler {
  /** How many tasks may pass one that does not fit. */
  static final int PATIENCE = 32;

  private final Map<String, WorkerSlots> workers = new LinkedHashMap<>();
  private final Map<Demand, PriorityQueue<QueuedTask>> queues = new HashMap<>();
  private @Nullable QueuedTask passed;
  private int passedBy;

  /** Adds a worker, or replaces what is known of it. */
  public void addWorker(String worker, Set<String> executors, Map<String, Double> capacity) {
    workers.put(worker, new WorkerSlots(executors, capacity));
  }

  /** Returns whether some worker is large enough for the demand when it is empty. */
  public boolean couldEverPlace(Demand demand) {
    return workers.values().stream().anyMatch(worker -> worker.couldEverFit(demand));
  }

  /** Queues a task. */
  public void offer(QueuedTask queued) {
    queues
        .computeIfAbsent(queued.demand(), demand -> new PriorityQueue<>(QueuedTask.ORDER))
        .add(queued);
  }

  /** Takes all queued tasks of a run out. */
  public void withdraw(String run) {
    for (PriorityQueue<QueuedTask> queue : queues.values()) {
      queue.removeIf(queued -> queued.run().equals(run));
    }
    queues.values().removeIf(PriorityQueue::isEmpty);
  }

  /** Gives back what a placed task took. */
  public void release(String worker, Demand demand) {
    WorkerSlots slots = workers.get(worker);
    if (slots != null) {
      slots.release(demand);
    }
  }

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
    for (Placement next = placeOne(ahead); next != null; next = placeOne(ahead)) {
      placements.add(next);
    }
    return placements;
  }

  private @Nullable Placement placeOne(double ahead) {
    QueuedTask first = null;
    QueuedTask fitting = null;
    String place = null;
    for (Map.Entry<Demand, PriorityQueue<QueuedTask>> entry : queues.entrySet()) {
      QueuedTask head = entry.getValue().peek();
      if (head == null) {
        continue;
      }
      if (before(head, first)) {
        first = head;
      }
      if (before(head, fitting)) {
        String worker = workerFor(head.demand(), ahead);
        if (worker != null) {
          fitting = head;
          place = worker;
        }
      }
    }
    if (fitting == null || place == null || !mayPass(first, fitting)) {
      return null;
    }
    return take(fitting, place);
  }

  private static boolean before(QueuedTask task, @Nullable QueuedTask other) {
    return other == null || QueuedTask.ORDER.compare(task, other) < 0;
  }

  private @Nullable String workerFor(Demand demand, double ahead) {
    for (Map.Entry<String, WorkerSlots> worker : workers.entrySet()) {
      if (worker.getValue().fits(demand, ahead)) {
        return worker.getKey();
      }
    }
    return null;
  }

  private boolean mayPass(@Nullable QueuedTask first, QueuedTask fitting) {
    if (fitting.equals(first)) {
      passed = null;
      return true;
    }
    if (first != null && !first.equals(passed)) {
      passed = first;
      passedBy = 0;
    }
    return passedBy++ < PATIENCE;
  }

  private Placement take(QueuedTask queued, String worker) {
    PriorityQueue<QueuedTask> queue = queues.get(queued.demand());
    if (queue != null) {
      queue.poll();
      if (queue.isEmpty()) {
        queues.remove(queued.demand());
      }
    }
    WorkerSlots slots = workers.get(worker);
    if (slots != null) {
      slots.take(queued.demand());
    }
    return new Placement(queued, worker);
  }
}

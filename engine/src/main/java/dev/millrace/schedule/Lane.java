package dev.millrace.schedule;

import java.util.ArrayDeque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The queued tasks of one run, demand and priority: the heaviest first, of those that weigh the
 * same the lowest sequence. One of {@link #AGING} tasks is the one that came first, so that the
 * light are not kept waiting for ever by heavier ones that come later.
 *
 * <p>Tasks mostly come in the order in which they are placed. Then the deque of arrivals is all
 * there is; the heap is made for a task that comes out of order. Tasks that were taken out stay in
 * both until they are met, or are most of what is there.
 */
final class Lane {
  private static final int AGING = 16;

  /** Dead tasks up to this number are not worth looking for. */
  private static final int FEW = 64;

  private final DemandQueue queue;
  private final RunAccount run;
  private final ArrayDeque<QueuedTask> arrivals = new ArrayDeque<>();
  private @Nullable TaskHeap byWeight;
  private @Nullable QueuedTask head;
  private int live;
  private int picks;
  private long pickedAt;

  /** What the heap of lanes knows of this one: where it is, and by which key. */
  @Nullable LaneHeap heap;

  int index;
  long key;
  long served;

  Lane(DemandQueue queue, RunAccount run) {
    this.queue = queue;
    this.run = run;
    pickedAt = run.picks;
  }

  /** Notes the key by which it is ordered from now on. */
  void describe(long newKey) {
    key = newKey;
    served = run.served;
  }

  DemandQueue queue() {
    return queue;
  }

  RunAccount run() {
    return run;
  }

  boolean isEmpty() {
    return live == 0;
  }

  /** Returns the task that is next of a lane that has some. */
  QueuedTask head() {
    return Objects.requireNonNull(head);
  }

  /** Returns how many tasks the run had placed when the lane's last was, or when it began. */
  long pickedAt() {
    return pickedAt;
  }

  /** Adds a task that is in the run's table. */
  void add(QueuedTask task) {
    if (byWeight == null && !arrivals.isEmpty() && isBefore(task, arrivals.getLast())) {
      byWeight = new TaskHeap();
      arrivals.forEach(byWeight::add);
    }
    arrivals.addLast(task);
    if (byWeight != null) {
      byWeight.add(task);
    }
    live++;
    if (head == null || (!isOldestNext() && isBefore(task, head))) {
      head = task;
    }
  }

  /** Takes the head out: it is placed. It is in the run's table no more. */
  @SuppressWarnings(
      "ReferenceEquality") // this very entry: an equal one may have been offered again
  void pick() {
    picks++;
    run.picks++;
    pickedAt = run.picks;
    live--;
    if (arrivals.getFirst() == head) {
      arrivals.removeFirst();
    }
    findHead();
    sweep();
  }

  /** Takes another task out that is in the run's table no more. */
  @SuppressWarnings(
      "ReferenceEquality") // this very entry: an equal one may have been offered again
  void withdraw(QueuedTask task) {
    live--;
    if (task == head) {
      findHead();
    }
    sweep();
  }

  private void sweep() {
    if (arrivals.size() > 2 * live + FEW) {
      arrivals.removeIf(queued -> !isLive(queued));
    }
    if (byWeight != null && byWeight.size() > 2 * live + FEW) {
      byWeight.retain(this::isLive);
    }
  }

  private boolean isOldestNext() {
    return byWeight == null || picks % AGING == AGING - 1;
  }

  /** Returns whether a task of the same run comes first. */
  static boolean isBefore(QueuedTask task, QueuedTask other) {
    return task.weight() > other.weight()
        || (task.weight() == other.weight() && task.sequence() < other.sequence());
  }

  private void findHead() {
    if (live == 0) {
      head = null;
    } else if (isOldestNext() || byWeight == null) {
      head = oldest();
    } else {
      head = heaviest(byWeight);
    }
  }

  private QueuedTask oldest() {
    while (arrivals.size() > live && !isLive(arrivals.getFirst())) {
      arrivals.removeFirst();
    }
    return arrivals.getFirst();
  }

  private QueuedTask heaviest(TaskHeap heap) {
    while (heap.size() > live && !isLive(heap.top())) {
      heap.removeTop();
    }
    return heap.top();
  }

  @SuppressWarnings(
      "ReferenceEquality") // this very entry: an equal one may have been offered again
  private boolean isLive(QueuedTask task) {
    return run.queued.get(task.task()) == task;
  }
}

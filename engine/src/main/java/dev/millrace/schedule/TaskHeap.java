package dev.millrace.schedule;

import java.util.Arrays;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Tasks with the heaviest on top, of those that weigh the same the one of the lowest sequence. Four
 * children a node and keys beside each other, for heaps that do not fit the processor's cache.
 */
final class TaskHeap {
  private static final int ARITY = 4;

  private double[] weights = new double[ARITY];
  private long[] sequences = new long[ARITY];
  private @Nullable QueuedTask[] tasks = new @Nullable QueuedTask[ARITY];
  private int size;

  int size() {
    return size;
  }

  /** Returns the first task of a heap that has some. */
  QueuedTask top() {
    return at(0);
  }

  void add(QueuedTask task) {
    if (size == tasks.length) {
      weights = Arrays.copyOf(weights, 2 * size);
      sequences = Arrays.copyOf(sequences, 2 * size);
      tasks = Arrays.copyOf(tasks, 2 * size);
    }
    int hole = size++;
    while (hole > 0) {
      int parent = (hole - 1) / ARITY;
      if (!isBefore(task.weight(), task.sequence(), parent)) {
        break;
      }
      move(parent, hole);
      hole = parent;
    }
    set(hole, task);
  }

  void removeTop() {
    QueuedTask last = at(--size);
    if (size > 0) {
      sink(0, last);
    }
    tasks[size] = null;
  }

  /** Keeps only some tasks. Costs the size. */
  void retain(Predicate<QueuedTask> wanted) {
    int kept = 0;
    for (int i = 0; i < size; i++) {
      QueuedTask task = at(i);
      if (wanted.test(task)) {
        set(kept++, task);
      }
    }
    Arrays.fill(tasks, kept, size, null);
    size = kept;
    for (int node = (size - 2) / ARITY; node >= 0; node--) {
      sink(node, at(node));
    }
  }

  private QueuedTask at(int node) {
    return Objects.requireNonNull(tasks[node]);
  }

  private void sink(int start, QueuedTask task) {
    int hole = start;
    for (int child = firstOf(hole); child >= 0; child = firstOf(hole)) {
      if (isBefore(task.weight(), task.sequence(), child)) {
        break;
      }
      move(child, hole);
      hole = child;
    }
    set(hole, task);
  }

  /** Returns the first of a node's children, or -1. */
  private int firstOf(int node) {
    int child = node * ARITY + 1;
    if (child >= size) {
      return -1;
    }
    int first = child;
    for (int i = child + 1; i < Math.min(child + ARITY, size); i++) {
      if (isBefore(weights[i], sequences[i], first)) {
        first = i;
      }
    }
    return first;
  }

  private boolean isBefore(double weight, long sequence, int node) {
    return weight > weights[node] || (weight == weights[node] && sequence < sequences[node]);
  }

  private void move(int from, int to) {
    weights[to] = weights[from];
    sequences[to] = sequences[from];
    tasks[to] = tasks[from];
  }

  private void set(int node, QueuedTask task) {
    weights[node] = task.weight();
    sequences[node] = task.sequence();
    tasks[node] = task;
  }
}

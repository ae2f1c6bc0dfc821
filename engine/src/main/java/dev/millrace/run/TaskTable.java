package dev.millrace.run;

import java.util.Arrays;

/** The tasks of a run: a few array cells each, because there may be a million of them. */
final class TaskTable {
  private static final int FEW = 64;

  TaskStatus[] status = new TaskStatus[FEW];
  int[] step = new int[FEW];

  /** Joined links that are not settled, and results that are made again for the task. */
  int[] waiting = new int[FEW];

  /** What its joined links have come to: bits of {@link Upstream}. */
  byte[] upstream = new byte[FEW];

  short[] attempts = new short[FEW];

  /** Attempts that failed by the step's own doing, and by no fault of it. */
  short[] blamed = new short[FEW];

  short[] lost = new short[FEW];
  int size;

  /** Makes room for so many tasks in all. */
  void reserve(int capacity) {
    if (capacity > status.length) {
      status = Arrays.copyOf(status, capacity);
      step = Arrays.copyOf(step, capacity);
      waiting = Arrays.copyOf(waiting, capacity);
      upstream = Arrays.copyOf(upstream, capacity);
      attempts = Arrays.copyOf(attempts, capacity);
      blamed = Arrays.copyOf(blamed, capacity);
      lost = Arrays.copyOf(lost, capacity);
    }
  }

  /** Adds waiting tasks of a step, and returns the first. */
  int add(int ofStep, int more) {
    int first = size;
    if (first + more > status.length) {
      reserve(Math.max(first + more, status.length + (status.length >> 1)));
    }
    Arrays.fill(step, first, first + more, ofStep);
    Arrays.fill(status, first, first + more, TaskStatus.WAITING);
    size += more;
    return first;
  }

  boolean waits(int task) {
    return status[task] instanceof TaskStatus.Waiting;
  }
}

package dev.millrace.run;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tasks whose lost results are made again, with the tasks that wait for each. */
final class Remaking {
  private final Map<Integer, IntList> waiters = new HashMap<>();

  boolean contains(int task) {
    return !waiters.isEmpty() && waiters.containsKey(task);
  }

  void add(int task) {
    waiters.put(task, new IntList());
  }

  /** Notes that a task waits for another, and returns whether that one is made again at all. */
  boolean await(int producer, int waiter) {
    IntList others = waiters.get(producer);
    if (others != null) {
      others.add(waiter);
    }
    return others != null;
  }

  /** Returns who waits for a task that has ended, and forgets it; null where it was not remade. */
  @Nullable IntList remove(int task) {
    return waiters.isEmpty() ? null : waiters.remove(task);
  }
}

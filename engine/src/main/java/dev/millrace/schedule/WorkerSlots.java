package dev.millrace.schedule;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * A worker's own count of what is free. It knows no labels: whoever placed a task here has looked
 * at them. Not safe for use by several threads.
 */
public final class WorkerSlots {
  /** Demands beyond so many are forgotten; they would be computed again. */
  private static final int MOST_DEMANDS = 1024;

  private final Set<String> executors;
  private final ResourceNames names = new ResourceNames();
  private final Slots slots;
  private final Map<Demand, Amounts> amounts = new HashMap<>();
  private int held;

  /**
   * An empty worker.
   *
   * @param executors it has
   * @param capacity by name of resource
   */
  public WorkerSlots(Set<String> executors, Map<String, Double> capacity) {
    this.executors = Set.copyOf(executors);
    Amounts all = Amounts.of(capacity, names);
    slots = new Slots(all, names.size());
  }

  /** Returns whether there is room for another task now. */
  public boolean fits(Demand demand) {
    return executors.contains(demand.executor()) && slots.covers(amounts(demand), 0);
  }

  /** Takes what a task needs. */
  public void take(Demand demand) {
    held++;
    slots.take(amounts(demand));
  }

  /** Gives back what a task took. */
  public void release(Demand demand) {
    held--;
    slots.giveBack(amounts(demand));
    if (held == 0) {
      slots.empty();
    }
  }

  private Amounts amounts(Demand demand) {
    if (amounts.size() > MOST_DEMANDS) {
      amounts.clear();
    }
    return amounts.computeIfAbsent(demand, wanted -> Amounts.of(wanted.amounts(), names));
  }
}

package dev.millrace.schedule;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** What is free on one worker. Not safe for use by several threads. */
public final class WorkerSlots {
  /** Sums of fractions such as 0.1 must not keep a last task from fitting. */
  private static final double GRAIN = 1e-9;

  private final Set<String> executors;
  private final Map<String, Double> capacity;
  private final Map<String, Double> free;

  /**
   * An empty worker.
   *
   * @param executors it has
   * @param capacity by name of resource
   */
  public WorkerSlots(Set<String> executors, Map<String, Double> capacity) {
    this.executors = Set.copyOf(executors);
    this.capacity = Map.copyOf(capacity);
    free = new HashMap<>(capacity);
  }

  /** Returns whether there is room for another task now. */
  public boolean fits(Demand demand) {
    return fits(demand, 0);
  }

  /**
   * Returns whether there is room when the worker is also given tasks ahead.
   *
   * @param ahead how much more than its capacity it is given, as a share of its capacity
   */
  boolean fits(Demand demand, double ahead) {
    return executors.contains(demand.executor()) && covers(free, ahead, demand);
  }

  boolean couldEverFit(Demand demand) {
    return executors.contains(demand.executor()) && covers(capacity, 0, demand);
  }

  private boolean covers(Map<String, Double> available, double ahead, Demand demand) {
    for (Map.Entry<String, Double> amount : demand.amounts().entrySet()) {
      String name = amount.getKey();
      double there = available.getOrDefault(name, 0.0) + ahead * capacity.getOrDefault(name, 0.0);
      if (amount.getValue() > there + GRAIN) {
        return false;
      }
    }
    return true;
  }

  /** Takes what a task needs. */
  public void take(Demand demand) {
    change(demand, -1);
  }

  /** Gives back what a task took. */
  public void release(Demand demand) {
    change(demand, 1);
  }

  private void change(Demand demand, int sign) {
    demand.amounts().forEach((name, amount) -> free.merge(name, sign * amount, Double::sum));
  }
}

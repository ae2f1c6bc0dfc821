package dev.millrace.schedule;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** What is free on one worker. */
final class WorkerSlots {
  /** Sums of fractions such as 0.1 must not keep a last task from fitting. */
  private static final double GRAIN = 1e-9;

  private final Set<String> executors;
  private final Map<String, Double> capacity;
  private final Map<String, Double> free;

  WorkerSlots(Set<String> executors, Map<String, Double> capacity) {
    this.executors = Set.copyOf(executors);
    this.capacity = Map.copyOf(capacity);
    free = new HashMap<>(capacity);
  }

  boolean fits(Demand demand) {
    return executors.contains(demand.executor()) && covers(free, demand);
  }

  boolean couldEverFit(Demand demand) {
    return executors.contains(demand.executor()) && covers(capacity, demand);
  }

  private static boolean covers(Map<String, Double> available, Demand demand) {
    for (Map.Entry<String, Double> amount : demand.amounts().entrySet()) {
      double there = available.getOrDefault(amount.getKey(), 0.0);
      if (amount.getValue() > there + GRAIN) {
        return false;
      }
    }
    return true;
  }

  void take(Demand demand) {
    change(demand, -1);
  }

  void release(Demand demand) {
    change(demand, 1);
  }

  private void change(Demand demand, int sign) {
    demand.amounts().forEach((name, amount) -> free.merge(name, sign * amount, Double::sum));
  }
}

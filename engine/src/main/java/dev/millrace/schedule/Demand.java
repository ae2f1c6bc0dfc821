package dev.millrace.schedule;

import java.util.Map;

/**
 * What a task needs of a worker. Tasks of equal demands are interchangeable for the question
 * whether there is room, so they share a queue: make one demand for a step, not one for a task, and
 * no time is spent on comparing it with itself.
 *
 * <p>Not a record, because it is looked up for every task and so remembers its hash code.
 */
public final class Demand {
  private final String executor;
  private final Map<String, Double> amounts;
  private final Map<String, String> labels;
  private final int hash;

  /** A demand that any worker with the executor may meet. */
  public Demand(String executor, Map<String, Double> amounts) {
    this(executor, amounts, Map.of());
  }

  /**
   * A demand.
   *
   * @param executor the worker must have it
   * @param amounts of resources by name: {@code cpus}, {@code memory} in bytes, {@code gpus}, and
   *     counters of any name; not negative
   * @param labels the worker must have all of them, with these values
   */
  public Demand(String executor, Map<String, Double> amounts, Map<String, String> labels) {
    this.executor = executor;
    this.amounts = Map.copyOf(amounts);
    this.labels = Map.copyOf(labels);
    this.amounts.forEach(Demand::check);
    hash = 31 * (31 * executor.hashCode() + this.amounts.hashCode()) + this.labels.hashCode();
  }

  private static void check(String resource, double amount) {
    if (!(amount >= 0)) {
      throw new IllegalArgumentException(resource + ": " + amount);
    }
  }

  /** Returns the executor that the worker must have. */
  public String executor() {
    return executor;
  }

  /** Returns amounts of resources by name. */
  public Map<String, Double> amounts() {
    return amounts;
  }

  /** Returns the labels that the worker must have. */
  public Map<String, String> labels() {
    return labels;
  }

  @Override
  public boolean equals(Object other) {
    return this == other
        || (other instanceof Demand demand
            && hash == demand.hash
            && executor.equals(demand.executor)
            && amounts.equals(demand.amounts)
            && labels.equals(demand.labels));
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public String toString() {
    return executor + amounts + (labels.isEmpty() ? "" : labels);
  }
}

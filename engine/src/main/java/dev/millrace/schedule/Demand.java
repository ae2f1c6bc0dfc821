package dev.millrace.schedule;

import java.util.Map;

/**
 * What a task needs of a worker. Tasks of one demand are interchangeable for the question whether
 * there is room, so they share a queue: make one demand for a step, not one for a task.
 *
 * @param executor the worker must have it
 * @param amounts of resources by name: {@code cpus}, {@code memory} in bytes, {@code gpus}, and
 *     counters of any name; not negative
 */
public record Demand(String executor, Map<String, Double> amounts) {
  public Demand {
    amounts = Map.copyOf(amounts);
  }
}

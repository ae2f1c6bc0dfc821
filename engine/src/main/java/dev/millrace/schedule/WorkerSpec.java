package dev.millrace.schedule;

import java.util.Map;
import java.util.Set;

/**
 * What a worker says of itself.
 *
 * @param name unique among workers, and another for each life of a worker's process: what an
 *     earlier one held is gone with its name
 * @param executors it has
 * @param capacity amounts of resources by name, as in {@link Demand#amounts}
 * @param labels that steps may ask for
 */
public record WorkerSpec(
    String name, Set<String> executors, Map<String, Double> capacity, Map<String, String> labels) {

  public WorkerSpec {
    executors = Set.copyOf(executors);
    capacity = Map.copyOf(capacity);
    labels = Map.copyOf(labels);
  }
}

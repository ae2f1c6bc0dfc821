package dev.millrace.schedule;

import java.util.Map;
import java.util.Set;

/**
 * What a worker says of itself.
 *
 * @param name unique among workers
 * @param session one life of the worker's process; what an earlier one held is gone
 * @param executors it has
 * @param capacity amounts of resources by name, as in {@link Demand#amounts}
 * @param labels that steps may ask for
 */
public record WorkerSpec(
    String name,
    String session,
    Set<String> executors,
    Map<String, Double> capacity,
    Map<String, String> labels) {

  public WorkerSpec {
    executors = Set.copyOf(executors);
    capacity = Map.copyOf(capacity);
    labels = Map.copyOf(labels);
  }
}

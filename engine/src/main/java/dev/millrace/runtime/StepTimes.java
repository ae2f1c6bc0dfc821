package dev.millrace.runtime;

import java.util.HashMap;
import java.util.Map;

/** How long the tasks of each step took in one run. Lives on the engine's loop. */
final class StepTimes {
  private final Map<String, long[]> sums = new HashMap<>();

  /** Counts a task that ran, in milliseconds. */
  void add(String step, long millis) {
    long[] sum = sums.computeIfAbsent(step, id -> new long[2]);
    sum[0] += millis;
    sum[1]++;
  }

  /** Returns the mean of each step of which a task ran, in milliseconds. */
  Map<String, Long> means() {
    Map<String, Long> means = new HashMap<>();
    sums.forEach((step, sum) -> means.put(step, sum[0] / sum[1]));
    return means;
  }
}

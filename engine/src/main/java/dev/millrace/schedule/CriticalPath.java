package dev.millrace.schedule;

/**
 * How long a run still takes from the start of each of its steps: the longest way to the end of the
 * graph. A task with a longer way goes first, for every delay of it delays the run (Kelley and
 * Walker, Critical-Path Planning and Scheduling, 1959; as a rank of tasks on few machines: HEFT,
 * Topcuoglu et al. 2002).
 *
 * <p>A step of many tasks takes as long as its tasks one after the other in so many slots, so the
 * one task that a wide step waits for has the weight that it deserves.
 */
public final class CriticalPath {
  /** Where nothing is known of any step, the number of steps to the end is what counts. */
  private static final double UNKNOWN_MILLIS = 1;

  private CriticalPath() {}

  /**
   * Returns for each step the longest time in milliseconds from its start to the end of the run.
   * Costs steps and edges.
   *
   * @param downstream for each step the indexes of those that depend on it, which are all higher
   *     than its own
   * @param tasks for each step how many it has; negative where that is not known yet, which counts
   *     as one
   * @param averageMillis for each step how long one of its tasks takes; NaN where that is not
   *     known, which counts as the average of the known
   * @param slots how many tasks run at once, at least 1
   * @throws IllegalArgumentException if the steps are not in topological order
   */
  public static double[] remaining(
      int[][] downstream, int[] tasks, double[] averageMillis, double slots) {
    double unknown = averageOfKnown(averageMillis);
    double[] remaining = new double[downstream.length];
    for (int step = downstream.length - 1; step >= 0; step--) {
      double longest = 0;
      for (int next : downstream[step]) {
        if (next <= step) {
          throw new IllegalArgumentException("step " + next + " comes after step " + step);
        }
        longest = Math.max(longest, remaining[next]);
      }
      double one = Double.isNaN(averageMillis[step]) ? unknown : averageMillis[step];
      remaining[step] = longest + one * rounds(tasks[step], slots);
    }
    return remaining;
  }

  private static double rounds(int tasks, double slots) {
    return tasks == 0 ? 0 : Math.max(1, tasks / slots);
  }

  private static double averageOfKnown(double[] averageMillis) {
    double sum = 0;
    int known = 0;
    for (double millis : averageMillis) {
      if (!Double.isNaN(millis)) {
        sum += millis;
        known++;
      }
    }
    return known == 0 ? UNKNOWN_MILLIS : sum / known;
  }
}

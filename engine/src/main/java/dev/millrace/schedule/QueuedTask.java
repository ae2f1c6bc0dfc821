package dev.millrace.schedule;

import java.util.List;

/**
 * A task that needs a place.
 *
 * @param run id of its run
 * @param task its number in the run, not negative; numbers of a run should be dense
 * @param demand what it needs
 * @param priority higher first
 * @param sequence among equals of its run, lower first
 * @param weight of the tasks of one run and priority the heavier goes first: the longest time in
 *     milliseconds from its start to the end of the run, see {@link CriticalPath}
 * @param preferred names of workers that have its input; where one of them has room it goes there
 */
public record QueuedTask(
    String run,
    int task,
    Demand demand,
    int priority,
    long sequence,
    double weight,
    List<String> preferred) {

  public QueuedTask {
    if (task < 0 || Double.isNaN(weight)) {
      throw new IllegalArgumentException(
          "task " + task + " of run " + run + " has a weight of " + weight);
    }
    preferred = List.copyOf(preferred);
  }

  /** A task of no known weight that may go anywhere. */
  public QueuedTask(String run, int task, Demand demand, int priority, long sequence) {
    this(run, task, demand, priority, sequence, 0, List.of());
  }
}

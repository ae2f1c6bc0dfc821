package dev.millrace.schedule;

import java.util.Comparator;

/**
 * A task that needs a place.
 *
 * @param run id of its run
 * @param task its number in the run
 * @param demand what it needs
 * @param priority higher first
 * @param sequence among equals, lower first
 */
public record QueuedTask(String run, int task, Demand demand, int priority, long sequence) {

  /** The order in which tasks are placed. */
  static final Comparator<QueuedTask> ORDER =
      Comparator.comparingInt((QueuedTask queued) -> -queued.priority())
          .thenComparingLong(QueuedTask::sequence);
}

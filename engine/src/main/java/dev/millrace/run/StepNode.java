package dev.millrace.run;

import java.util.List;

/**
 * What a run needs to know of a step: how many tasks it has, what they wait for, and when they are
 * tried again. Steps are numbered in a topological order.
 *
 * @param size number of tasks, or {@link #AT_RUN_TIME}
 * @param listFrom the step whose output lists the items, where the size is known at run time by it;
 *     else -1
 * @param like the step whose tasks this one has one task each for; else -1
 * @param upstream at most one link for each step
 * @param approval whether each of its tasks waits for somebody's yes before it runs
 * @param read whether anything reads the results of its tasks within the run: otherwise the run
 *     does not keep them
 */
public record StepNode(
    int size,
    int listFrom,
    int like,
    List<Link> upstream,
    Trigger on,
    RetryPolicy retry,
    boolean approval,
    boolean read) {

  /** The size of a step whose tasks are known only in the run. */
  public static final int AT_RUN_TIME = -1;

  public StepNode {
    upstream = List.copyOf(upstream);
  }

  /** A step that needs no approval, and whose results are read. */
  public StepNode(
      int size, int listFrom, int like, List<Link> upstream, Trigger on, RetryPolicy retry) {
    this(size, listFrom, like, upstream, on, retry, false, true);
  }

  /** Returns the same step, its tasks waiting for somebody's yes before they run. */
  public StepNode withApproval() {
    return new StepNode(size, listFrom, like, upstream, on, retry, true, read);
  }

  /** Returns the same step, with results that nothing reads. */
  public StepNode unread() {
    return new StepNode(size, listFrom, like, upstream, on, retry, approval, false);
  }

  /** Returns a step of a fixed number of tasks that runs once everything before it succeeded. */
  public static StepNode of(int size, Link... upstream) {
    return new StepNode(size, -1, -1, List.of(upstream), Trigger.SUCCESS, RetryPolicy.NONE);
  }

  /**
   * A dependency on another step.
   *
   * @param step its number
   * @param joined task i waits only for task i of that step; otherwise every task waits for all
   */
  public record Link(int step, boolean joined) {}
}

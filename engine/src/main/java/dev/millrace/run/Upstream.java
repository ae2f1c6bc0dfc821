package dev.millrace.run;

/** What the upstream of a task has come to so far, as bits. */
final class Upstream {
  static final byte FAILED = 1;
  static final byte SKIPPED = 2;
  static final byte CANCELLED = 4;

  private Upstream() {}

  /** Returns what one upstream task means for the task joined to it. */
  static byte ofTask(TaskStatus status) {
    return switch (status) {
      case TaskStatus.Failed _ -> FAILED;
      case TaskStatus.Cancelled _ -> CANCELLED;
      case TaskStatus.Skipped(SkipCause cause) ->
          cause == SkipCause.UPSTREAM_FAILED ? FAILED : SKIPPED;
      case TaskStatus.Succeeded _,
          TaskStatus.Waiting _,
          TaskStatus.Ready _,
          TaskStatus.Held _,
          TaskStatus.Queued _,
          TaskStatus.Running _,
          TaskStatus.Backoff _,
          TaskStatus.Retired _ ->
          0;
    };
  }

  /**
   * Returns what a whole step means for the tasks that wait for all of it. A step counts as skipped
   * only when all its tasks were: a fan-in goes on with those that were not.
   */
  static byte ofStep(StepTable steps, int step) {
    byte bits = 0;
    if (steps.failed[step] > 0 || steps.blocked[step] > 0) {
      bits |= FAILED;
    }
    if (steps.cancelled[step] > 0) {
      bits |= CANCELLED;
    }
    if (steps.count[step] > 0 && steps.skipped[step] == steps.count[step]) {
      bits |= SKIPPED;
    }
    return bits;
  }
}

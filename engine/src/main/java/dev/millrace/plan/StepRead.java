package dev.millrace.plan;

/**
 * Something of an upstream step that the expressions of a step read, which whoever evaluates them
 * has to provide.
 *
 * @param step index of the upstream step
 * @param id of that step
 * @param what of it is read
 * @param name of the output or metric; empty where all metrics, or the status, are read
 * @param oneToOne whether task i reads that of task i; otherwise that step has one task, or its
 *     status as a whole is read
 */
public record StepRead(int step, String id, What what, String name, boolean oneToOne) {

  /** What of a step can be read. */
  public enum What {
    /** Whether it succeeded, failed or was skipped. */
    STATUS,
    /** The value of an output of kind {@code json}. */
    OUTPUT,
    /** A metric, or all. */
    METRIC
  }
}

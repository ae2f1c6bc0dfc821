package dev.millrace.executor;

/** An attempt that runs. */
public interface Execution {

  /**
   * Asks for the attempt's end, as {@link ExecutionOutcome.Cancelled}. Returns at once; has no
   * effect on an attempt that has ended.
   */
  void cancel();
}

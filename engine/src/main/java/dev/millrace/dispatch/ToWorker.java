package dev.millrace.dispatch;

/**
 * What a worker is told of an attempt, by an owner of its run and in the name of that one's epoch:
 * a worker does not listen to an older one than it has heard of.
 */
public sealed interface ToWorker {

  /** Said in place of an epoch by one who knows that the run has ended after the attempt began. */
  long AFTER_THE_END = Long.MAX_VALUE;

  /**
   * An attempt is likely to be started in a moment, once that is durable: what it needs may be made
   * ready, and nothing else. Nobody relies on it.
   */
  record Expect(Assignment assignment) implements ToWorker {}

  /** Take an attempt on. Its start is durable. */
  record Start(Assignment assignment, long epoch) implements ToWorker {}

  /** End an attempt. */
  record Stop(AttemptRef attempt, long epoch) implements ToWorker {}

  /** The end of an attempt is durable, or was of no use: forget it. */
  record Acknowledge(AttemptRef attempt, long epoch) implements ToWorker {}
}

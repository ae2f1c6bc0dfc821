package dev.millrace.dispatch;

/** What a worker is told. */
public sealed interface ToWorker {

  /** Take an attempt on. Its start is durable. */
  record Start(Assignment assignment) implements ToWorker {}

  /** End an attempt. */
  record Stop(AttemptRef attempt) implements ToWorker {}

  /** The end of an attempt is durable, or was of no use: forget it. */
  record Acknowledge(AttemptRef attempt) implements ToWorker {}
}

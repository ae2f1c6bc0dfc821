package dev.millrace.executor;

/** How an attempt's processes ended. Failure is data: none of these is an exception. */
public sealed interface ExecutionOutcome {

  /**
   * The command ended by itself.
   *
   * @param exitCode 0 to 255; 128 + n where signal n ended it
   */
  record Exited(int exitCode, ResourceUsage usage) implements ExecutionOutcome {}

  /** The command ran longer than its timeout and was killed. */
  record TimedOut(ResourceUsage usage) implements ExecutionOutcome {}

  /** The command used more memory than it may and was killed. */
  record OutOfMemory(ResourceUsage usage) implements ExecutionOutcome {}

  /** {@link Execution#cancel} ended the command, or kept it from being started. */
  record Cancelled(ResourceUsage usage) implements ExecutionOutcome {}

  /**
   * The command could not be started for a reason that lies in the request: no such program, not
   * executable, an argument list too long.
   *
   * @param message says what to do about it
   */
  record NotStartable(String message) implements ExecutionOutcome {}

  /**
   * The machine has no room for another attempt just now: no process, file descriptor or memory to
   * be had. Nothing is wrong with the attempt; it is to be tried again.
   */
  record NoRoom(String message) implements ExecutionOutcome {}

  /** The executor lost sight of the attempt and cannot say how it ended. */
  record Lost(String message) implements ExecutionOutcome {}
}

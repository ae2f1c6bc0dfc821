package dev.millrace.executors.process;

/**
 * The processes of one attempt, led by the one that was launched. The thread that launched it calls
 * {@link #awaitExit} and then {@link #finish}; between launch and the return of {@code awaitExit}
 * any thread may call {@link #terminate} and {@link #kill}, and after it none.
 */
interface AttemptProcess {

  /**
   * How the leader ended.
   *
   * @param exitCode 0 to 255; 128 + n for signal n
   * @param cpuMillis user and system time, or -1 where unknown
   * @param maxRssBytes largest resident set, or -1 where unknown
   */
  record End(int exitCode, long cpuMillis, long maxRssBytes) {}

  /** Asks the processes to end: they may clean up. */
  void terminate();

  /** Ends the processes. */
  void kill();

  /** Waits until the leader has ended; its process id stays taken. */
  void awaitExit();

  /** Kills what the leader left behind, waits until it is gone, and gives up the process id. */
  End finish();
}

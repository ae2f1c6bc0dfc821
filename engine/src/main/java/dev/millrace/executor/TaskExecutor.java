package dev.millrace.executor;

/**
 * Runs attempts of tasks: one command in one sandbox that has been made ready for it. A service
 * provider interface; its compatibility suite is {@code TaskExecutorTck}.
 *
 * <ul>
 *   <li>{@link #start} MUST return without waiting for the command's end.
 *   <li>It MUST call {@link ExecutionListener#ended} exactly once for each request, from a thread
 *       of its own, whatever happens; nothing that goes wrong with one attempt may surface anywhere
 *       else.
 *   <li>When {@code ended} is called, no process of the attempt MUST be left, on every path: exit,
 *       timeout, cancel, a command that cannot be started.
 *   <li>A command that exits while children of its own still run has ended; the children MUST be
 *       killed.
 *   <li>The command's environment MUST hold the request's variables and no others, but for a mark
 *       by which the executor recognises its processes, whose name starts with {@code MILLRACE_}.
 *   <li>stdout and stderr MUST be in the request's two files, complete, when {@code ended} is
 *       called; while the command runs they grow as it writes.
 *   <li>If the process of the engine dies, the attempt's processes MUST die soon after, or be found
 *       and killed when the engine starts again.
 * </ul>
 */
public interface TaskExecutor extends AutoCloseable {

  /** Returns the name by which steps ask for this executor, such as {@code local}. */
  String name();

  /**
   * Starts an attempt.
   *
   * @param listener told of the end; called from any thread
   * @return the handle by which the attempt can be stopped
   */
  Execution start(ExecutionRequest request, ExecutionListener listener);

  /** Kills all attempts that still run, waits for their ends, and frees what the executor holds. */
  @Override
  void close();
}

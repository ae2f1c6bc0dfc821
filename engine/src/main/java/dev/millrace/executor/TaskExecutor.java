package dev.millrace.executor;

import java.util.function.Consumer;

/**
 * Runs attempts of tasks: one command in one sandbox that has been made ready for it. A service
 * provider interface; its compatibility suite is {@code TaskExecutorTck}.
 *
 * <ul>
 *   <li>{@link #start} MUST return without waiting for the command's end.
 *   <li>It MUST call {@link ExecutionListener#ended} exactly once for each request, from a thread
 *       of its own, whatever happens; nothing that goes wrong with one attempt may surface anywhere
 *       else. Where no thread is to be had to say so, it MAY be the caller's.
 *   <li>When {@code ended} is called, no process of the attempt MUST be left, on every path: exit,
 *       timeout, cancel, a command that cannot be started.
 *   <li>A command that exits while children of its own still run has ended; the children MUST be
 *       killed.
 *   <li>The command's environment MUST hold the request's variables and no others, but for a mark
 *       by which the executor recognises its processes, whose name starts with {@code MILLRACE_}.
 *   <li>stdout and stderr MUST be in the request's two files, complete, when {@code ended} is
 *       called; while the command runs they grow as it writes. A command that could not be started
 *       leaves them empty or absent, so that the same request MAY be started again.
 *   <li>If the process of the engine dies, the attempt's processes MUST die soon after, or be found
 *       and killed when the engine starts again.
 * </ul>
 */
public interface TaskExecutor extends AutoCloseable {

  /** Returns the name by which steps ask for this executor, such as {@code local}. */
  String name();

  /**
   * Tells whether attempts need a sandbox. For an executor that says false none is made: the paths
   * of its requests name nothing and MUST NOT be touched, and its attempts leave neither outputs
   * nor logs.
   */
  default boolean usesSandbox() {
    return true;
  }

  /**
   * Says that there will be an attempt soon, so that what takes time at the first can be done
   * meanwhile. MUST return at once and not fail; never called where all results are known.
   */
  default void prepare() {}

  /**
   * Starts an attempt.
   *
   * @param listener told of the end; called from any thread
   * @return the handle by which the attempt can be stopped
   */
  Execution start(ExecutionRequest request, ExecutionListener listener);

  /**
   * Starts an attempt for a caller that has its thread to give. An executor that would keep a
   * thread of its own until the end MAY use the caller's, and return after it has told the end:
   * waking another thread takes longer than many a short command's start.
   *
   * @param started is given the handle by which the attempt can be stopped, no later than {@link
   *     #start} would return it; must not throw
   * @param listener told of the end; called from any thread, the caller's included
   */
  default void run(
      ExecutionRequest request, Consumer<Execution> started, ExecutionListener listener) {
    started.accept(start(request, listener));
  }

  /** Kills all attempts that still run, waits for their ends, and frees what the executor holds. */
  @Override
  void close();
}

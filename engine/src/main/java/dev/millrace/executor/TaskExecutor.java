package dev.millrace.executor;

import dev.millrace.pipeline.ContainerSpec;
import java.nio.file.Path;
import java.util.List;
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
 *   <li>The command's environment MUST hold the request's variables and no others, but for those
 *       that its image sets and the request does not, and for a mark by which the executor
 *       recognises its processes, whose name starts with {@code MILLRACE_}.
 *   <li>stdout and stderr MUST be in the request's two files, complete, when {@code ended} is
 *       called; while the command runs they grow as it writes. A command that could not be started
 *       leaves them empty or absent, so that the same request MAY be started again.
 *   <li>If the process of the engine dies, the attempt's processes MUST die soon after, or be found
 *       when the engine starts again: as {@link #leftovers}, to be taken over, or killed.
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
   * Returns where the command finds a sandbox, such as in a container's file system.
   *
   * @param workingDirectory where it is on this machine
   */
  default Path seenAt(Path workingDirectory) {
    return workingDirectory;
  }

  /** Tells whether the command search path is the image's, where the document declares none. */
  default boolean bringsSearchPath() {
    return false;
  }

  /**
   * Finds out what the name of an image stands for, and gets the image here if that is wanted. May
   * take as long as a pull; callers give it a thread. Only called where the provider says that the
   * executor uses images.
   *
   * @param image as the document names it
   * @param progress told how a pull goes, in short sentences for people
   */
  default ImagePin pin(String image, ContainerSpec.Pull pull, Consumer<String> progress) {
    return new ImagePin.Refused("the executor \"" + name() + "\" takes no image");
  }

  /**
   * Returns what engines that died on this state directory left running, or ended unseen. Called
   * once, before the first attempt starts. May wait for another process, but MUST NOT fail: what
   * cannot be asked has left nothing.
   */
  default List<Leftover> leftovers() {
    return List.of();
  }

  /**
   * Goes on with an attempt that was found: as {@link #start}, but what was started already is
   * waited for, and stdout and stderr are had from their first byte again.
   *
   * @param request as it was, with the leftover's sandbox; the timeout counts from the first start
   */
  default Execution adopt(Leftover leftover, ExecutionRequest request, ExecutionListener listener) {
    throw new IllegalArgumentException("no attempt " + leftover.attemptId() + " was left");
  }

  /** Ends an attempt that was found and that nobody wants, and removes what is left of it. */
  default void discard(Leftover leftover) {
    throw new IllegalArgumentException("no attempt " + leftover.attemptId() + " was left");
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

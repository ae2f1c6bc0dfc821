package dev.millrace.executor;

import dev.millrace.plan.ExecutorOffer;
import java.nio.file.Path;

/**
 * Installs an executor: found by {@link java.util.ServiceLoader}, and made only when needed. What
 * it offers is asked for whenever a document is checked that uses it, so that it must answer in no
 * more time than such a check may take.
 */
public interface TaskExecutorProvider extends ExecutorOffer {

  /** Returns the name by which steps ask for the executor, such as {@code local}. */
  String name();

  /**
   * Tells whether steps may ask for the executor at all. One that is not offered is as unknown to
   * documents as one that is not there.
   */
  default boolean isOffered() {
    return true;
  }

  /**
   * Makes the executor of an engine.
   *
   * @param stateDirectory the engine's, which may not exist yet
   */
  TaskExecutor create(Path stateDirectory);

  /**
   * Ends what dead engines of that state directory left running in this executor, but for {@link
   * TaskExecutor#leftovers}.
   */
  void endLeftovers(Path stateDirectory);
}

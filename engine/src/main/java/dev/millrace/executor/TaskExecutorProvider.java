package dev.millrace.executor;

import dev.millrace.pipeline.ContainerSpec;
import dev.millrace.plan.ImageUse;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Installs an executor: found by {@link java.util.ServiceLoader}, and made only when needed. */
public interface TaskExecutorProvider {

  /** Returns the name by which steps ask for the executor, such as {@code local}. */
  String name();

  /**
   * Tells whether steps may ask for the executor at all. One that is not offered is as unknown to
   * documents as one that is not there.
   */
  default boolean isOffered() {
    return true;
  }

  /** Returns what the executor does with images. */
  ImageUse images();

  /**
   * Makes the executor of an engine.
   *
   * @param stateDirectory the engine's, which may not exist yet
   */
  TaskExecutor create(Path stateDirectory);

  /**
   * Returns why no step can run here at the moment, such as for want of a container engine, in a
   * sentence that says what to do; nothing where steps can. Asked when a document is checked that
   * uses the executor: takes no longer than such a check may.
   */
  default Optional<String> unavailable() {
    return Optional.empty();
  }

  /** Returns what the operator does not allow of a step's container, one sentence each. */
  default List<String> objections(ContainerSpec container) {
    return List.of();
  }

  /**
   * Ends what dead engines of that state directory left running in this executor, but for {@link
   * TaskExecutor#leftovers}.
   */
  void endLeftovers(Path stateDirectory);
}

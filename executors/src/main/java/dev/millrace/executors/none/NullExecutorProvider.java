package dev.millrace.executors.none;

import dev.millrace.executor.TaskExecutor;
import dev.millrace.executor.TaskExecutorProvider;
import dev.millrace.plan.ImageUse;
import java.nio.file.Path;

/**
 * Installs the executor {@code null} where the system property {@code millrace.executors.null} is
 * {@code true}: anywhere else, a document that names it is as wrong as one with a slip in the name.
 */
public final class NullExecutorProvider implements TaskExecutorProvider {

  /** The system property that asks for the executor. */
  public static final String PROPERTY = "millrace.executors.null";

  @Override
  public String name() {
    return NullTaskExecutor.NAME;
  }

  @Override
  public boolean isOffered() {
    return Boolean.getBoolean(PROPERTY);
  }

  @Override
  public ImageUse images() {
    return ImageUse.NONE;
  }

  @Override
  public TaskExecutor create(Path stateDirectory) {
    return new NullTaskExecutor();
  }

  @Override
  public void endLeftovers(Path stateDirectory) {}
}

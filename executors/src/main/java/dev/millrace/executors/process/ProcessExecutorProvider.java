package dev.millrace.executors.process;

import dev.millrace.executor.TaskExecutor;
import dev.millrace.executor.TaskExecutorProvider;
import dev.millrace.plan.ImageUse;
import java.nio.file.Path;

/** Installs the executor {@code local}. */
public final class ProcessExecutorProvider implements TaskExecutorProvider {

  @Override
  public String name() {
    return "local";
  }

  @Override
  public ImageUse images() {
    return ImageUse.NONE;
  }

  @Override
  public TaskExecutor create(Path stateDirectory) {
    return new ProcessTaskExecutor(stateDirectory);
  }

  @Override
  public void endLeftovers(Path stateDirectory) {
    LeftoverProcesses.endOf(stateDirectory);
  }
}

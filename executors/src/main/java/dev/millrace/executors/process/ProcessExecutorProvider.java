package dev.millrace.executors.process;

import dev.millrace.executor.TaskExecutor;
import dev.millrace.executor.TaskExecutorProvider;
import dev.millrace.plan.ImageUse;
import dev.millrace.sandbox.SandboxRoot;
import java.io.IOException;
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

  /** Every command runs in a sandbox: to look for one is less than to look at every process. */
  private static boolean mayHaveLeft(Path stateDirectory) {
    try {
      return SandboxRoot.isUsed(SandboxRoot.of(stateDirectory));
    } catch (IOException e) {
      return true;
    }
  }

  @Override
  public void endLeftovers(Path stateDirectory) {
    if (mayHaveLeft(stateDirectory)) {
      LeftoverProcesses.killOf(stateDirectory);
    }
  }
}

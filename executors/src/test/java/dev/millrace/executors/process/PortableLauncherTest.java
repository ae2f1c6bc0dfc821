package dev.millrace.executors.process;

import dev.millrace.executor.TaskExecutor;
import dev.millrace.executor.TaskExecutorTck;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The executor as it is on other systems; run on Linux, where the mark finds what detached itself.
 */
class PortableLauncherTest extends TaskExecutorTck {

  @Override
  protected TaskExecutor newExecutor(Path stateDirectory) {
    return new ProcessTaskExecutor(
        stateDirectory, Duration.ofMillis(500), mark -> new PortableLauncher());
  }

  @Override
  protected boolean finds(Leftover leftover) {
    return leftover != Leftover.DAEMON_WITHOUT_ENVIRONMENT;
  }

  /** {@link ProcessBuilder} runs it with a shell. */
  @Override
  protected boolean refusesScriptsWithoutInterpreterLine() {
    return false;
  }
}

package dev.millrace.executors.docker;

import dev.millrace.executor.ContainerRequest;
import dev.millrace.executor.TaskExecutor;
import dev.millrace.executor.TaskExecutorTck;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/** The executor with a container for each attempt. */
@RequiresDocker
class DockerTaskExecutorTest extends TaskExecutorTck {

  @Override
  protected TaskExecutor newExecutor(Path stateDirectory) {
    return new DockerTaskExecutor(
        new DockerEngine(stateDirectory), OperatorPolicy.of(Map.of()), ContainerFixture.SHORT);
  }

  @Override
  protected ContainerRequest container() {
    return TestImage.SHARED.container();
  }

  @Override
  protected Set<String> ownVariables() {
    return Set.of("HOME", "USER", "LOGNAME", TestImage.VARIABLE);
  }

  /** The container's init gives such scripts to the shell. */
  @Override
  protected boolean refusesScriptsWithoutInterpreterLine() {
    return false;
  }

  @Override
  protected int many() {
    return 60;
  }
}

package dev.millrace.executors.docker;

import dev.millrace.executor.ContainerRequest;
import dev.millrace.executor.TaskExecutor;
import dev.millrace.executor.TaskExecutorTck;
import dev.millrace.pipeline.ContainerSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The compatibility suite, with slots wherever they can be used. */
@RequiresDocker
class SlotTckTest extends TaskExecutorTck {

  static ContainerRequest inSlot(String imageId) {
    ContainerSpec spec =
        new ContainerSpec(
            ContainerSpec.Isolation.SLOT,
            ContainerSpec.Pull.NEVER,
            "none",
            null,
            ContainerSpec.User.CALLER,
            List.of());
    return new ContainerRequest("test-image", imageId, spec);
  }

  @Override
  protected TaskExecutor newExecutor(Path stateDirectory) {
    return new DockerTaskExecutor(
        new DockerEngine(stateDirectory), OperatorPolicy.of(Map.of()), ContainerFixture.SHORT);
  }

  @Override
  protected ContainerRequest container() {
    return inSlot(SlotImages.dash());
  }

  @Override
  protected Set<String> ownVariables() {
    return Set.of("HOME", "USER", "LOGNAME");
  }

  /** A shell that is to become a file without one runs it as a script of its own. */
  @Override
  protected boolean refusesScriptsWithoutInterpreterLine() {
    return false;
  }
}

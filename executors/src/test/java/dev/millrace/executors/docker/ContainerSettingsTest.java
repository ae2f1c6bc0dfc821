package dev.millrace.executors.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.model.DeviceRequest;
import com.github.dockerjava.api.model.HostConfig;
import dev.millrace.executor.ContainerRequest;
import dev.millrace.executor.ExecutionRequest;
import dev.millrace.pipeline.ContainerSpec;
import dev.millrace.pipeline.ContainerSpec.Isolation;
import dev.millrace.pipeline.ContainerSpec.Pull;
import dev.millrace.pipeline.ContainerSpec.User;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a step says of its container is what the Docker Engine is asked for. */
@RequiresDocker
class ContainerSettingsTest {
  private static final long MEGABYTE = 1 << 20;

  @TempDir Path state;

  @Test
  void aContainerIsAsTheStepAsks() {
    try (DockerEngine engine = new DockerEngine(state)) {
      CreateContainerCmd create =
          new ContainerSettings(engine, OperatorPolicy.of(Map.of())).begin(request(User.CALLER));
      HostConfig host = Objects.requireNonNull(create.getHostConfig());
      assertEquals("sha256:00", create.getImage());
      assertEquals(500_000_000L, host.getNanoCPUs());
      assertEquals(64 * MEGABYTE, host.getMemory());
      assertEquals(64 * MEGABYTE, host.getMemorySwap());
      assertEquals(32 * MEGABYTE, host.getShmSize());
      assertEquals("none", host.getNetworkMode());
      DeviceRequest gpus = Objects.requireNonNull(host.getDeviceRequests()).getFirst();
      assertEquals(2, gpus.getCount());
      assertEquals(List.of(List.of("gpu")), gpus.getCapabilities());
      assertEquals(engine.state().owner().user(), create.getUser());
    }
  }

  @Test
  void anImagesOwnUserIsLeftToIt() {
    try (DockerEngine engine = new DockerEngine(state)) {
      CreateContainerCmd create =
          new ContainerSettings(engine, OperatorPolicy.of(Map.of())).begin(request(User.IMAGE));
      assertTrue(create.getUser() == null || create.getUser().isEmpty());
    }
  }

  private ExecutionRequest request(User user) {
    ContainerSpec spec =
        new ContainerSpec(Isolation.CONTAINER, Pull.NEVER, "none", 32 * MEGABYTE, user, List.of());
    return new ExecutionRequest(
        "run-1/0/1",
        List.of("true"),
        Map.of(),
        state,
        state.resolve("out"),
        state.resolve("err"),
        null,
        new ContainerRequest("tools:1", "sha256:00", spec),
        Map.of("cpus", 0.5, "memory", 64.0 * MEGABYTE, "gpus", 2.0));
  }
}

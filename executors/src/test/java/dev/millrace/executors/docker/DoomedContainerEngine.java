package dev.millrace.executors.docker;

import dev.millrace.executor.ContainerRequest;
import dev.millrace.executor.ExecutionRequest;
import dev.millrace.pipeline.ContainerSpec;
import dev.millrace.pipeline.ContainerSpec.Isolation;
import dev.millrace.pipeline.ContainerSpec.Pull;
import dev.millrace.pipeline.ContainerSpec.User;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** An engine that starts attempts in containers and waits to be killed. */
final class DoomedContainerEngine {

  private DoomedContainerEngine() {}

  /** Takes the state directory, the folder for sandboxes, name and id of the image, scripts. */
  public static void main(String[] args) throws IOException, InterruptedException {
    Path directory = Path.of(args[1]);
    DockerTaskExecutor executor = new DockerTaskExecutor(Path.of(args[0]), Map.of());
    for (int i = 4; i < args.length; i++) {
      Files.createDirectories(directory.resolve("sandbox-" + i));
      var _ =
          executor.start(request(directory, i, args[i], container(args[2], args[3])), end -> {});
    }
    new CountDownLatch(1).await();
  }

  private static ContainerRequest container(String image, String id) {
    return new ContainerRequest(
        image,
        id,
        new ContainerSpec(Isolation.CONTAINER, Pull.NEVER, "none", null, User.CALLER, List.of()));
  }

  static ExecutionRequest request(
      Path directory, int number, String script, ContainerRequest container) {
    return new ExecutionRequest(
        "run/0/" + number,
        List.of("sh", "-c", script),
        Map.of("PATH", "/usr/bin:/bin"),
        directory.resolve("sandbox-" + number),
        directory.resolve("out-" + number),
        directory.resolve("err-" + number),
        null,
        container,
        Map.of());
  }
}

package dev.millrace.executor;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an executor needs to run one attempt.
 *
 * @param attemptId names the attempt in the whole engine: {@code <run>/<task number>/<attempt>}
 * @param argv the command and its arguments; not empty. A command without a slash is looked up in
 *     the environment's {@code PATH}
 * @param environment all variables of the command but for what its image sets, secrets included
 * @param workingDirectory the sandbox, an absolute path
 * @param stdout file to write stdout to; it is empty or does not exist yet, its parent does
 * @param stderr file to write stderr to; it is empty or does not exist yet, its parent does
 * @param timeout the longest that the command may run, or null for no limit
 * @param container the container to run in, or null where the executor needs none
 * @param resources what the attempt may use, by name: {@code cpus}, {@code memory} (bytes), {@code
 *     gpus}; executors that cannot enforce a limit ignore it
 */
public record ExecutionRequest(
    String attemptId,
    List<String> argv,
    Map<String, String> environment,
    Path workingDirectory,
    Path stdout,
    Path stderr,
    @Nullable Duration timeout,
    @Nullable ContainerRequest container,
    Map<String, Double> resources) {

  public ExecutionRequest {
    argv = List.copyOf(argv);
    environment = Map.copyOf(environment);
    resources = Map.copyOf(resources);
    if (argv.isEmpty()) {
      throw new IllegalArgumentException("an attempt needs a command");
    }
  }
}

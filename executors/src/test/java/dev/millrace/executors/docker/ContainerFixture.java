package dev.millrace.executors.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.github.dockerjava.api.model.Container;
import dev.millrace.executor.ContainerRequest;
import dev.millrace.executor.ExecutionRequest;
import dev.millrace.executor.TaskExecutor;
import dev.millrace.executor.TaskExecutorFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/** What tests with containers stand on: after each, none is left that its engine made. */
public abstract class ContainerFixture extends TaskExecutorFixture {
  /** Less than usual. */
  static final Patience SHORT =
      new Patience(Duration.ofMillis(500), Duration.ofSeconds(5), Duration.ofSeconds(10));

  private final List<DockerEngine> engines = new ArrayList<>();

  @Override
  protected TaskExecutor newExecutor(Path stateDirectory) {
    return newExecutor(new DockerEngine(stateDirectory));
  }

  final DockerTaskExecutor newExecutor(DockerEngine engine) {
    engines.add(engine);
    return new DockerTaskExecutor(engine, OperatorPolicy.of(policy()), SHORT);
  }

  /** Returns the operator's variables. */
  protected Map<String, String> policy() {
    return Map.of();
  }

  @Override
  protected ContainerRequest container() {
    return TestImage.SHARED.container();
  }

  /** Whatever a test did, no container must be left. */
  @AfterEach
  public void noContainerIsLeft() {
    executor().close();
    for (DockerEngine engine : engines) {
      assertEquals(List.of(), engine.state().isInUse() ? containers(engine) : List.of());
    }
  }

  final List<String> containers(DockerEngine engine) {
    try (DockerConnection docker = new DockerConnection()) {
      DockerEngine own = new DockerEngine(engine.state(), () -> docker);
      return ContainerMode.ofEngine(own).stream().map(Container::getId).toList();
    }
  }

  /** Returns the engine of the executor under test. */
  final DockerEngine engine() {
    return engines.getFirst();
  }

  static ExecutionRequest in(@Nullable ContainerRequest container, ExecutionRequest request) {
    return with(request, request.environment(), container, request.resources());
  }

  static ExecutionRequest limited(ExecutionRequest request, String resource, double amount) {
    return with(request, request.environment(), request.container(), Map.of(resource, amount));
  }

  static ExecutionRequest with(ExecutionRequest request, String variable, String value) {
    Map<String, String> environment = new HashMap<>(request.environment());
    environment.put(variable, value);
    return with(request, environment, request.container(), request.resources());
  }

  private static ExecutionRequest with(
      ExecutionRequest request,
      Map<String, String> environment,
      @Nullable ContainerRequest container,
      Map<String, Double> resources) {
    return new ExecutionRequest(
        request.attemptId(),
        request.argv(),
        environment,
        request.workingDirectory(),
        request.stdout(),
        request.stderr(),
        request.timeout(),
        container,
        resources);
  }

  static Path sandbox(Started started) {
    return started.request().workingDirectory();
  }

  static String stdout(Started started) {
    return contentOf(started.request().stdout());
  }

  static String stderr(Started started) {
    return contentOf(started.request().stderr());
  }

  static int uidOf(Path file) {
    try {
      return (Integer) Files.getAttribute(file, "unix:uid");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}

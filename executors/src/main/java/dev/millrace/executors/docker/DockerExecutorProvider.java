package dev.millrace.executors.docker;

import dev.millrace.executor.TaskExecutor;
import dev.millrace.executor.TaskExecutorProvider;
import dev.millrace.pipeline.ContainerSpec;
import dev.millrace.plan.ImageUse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Installs the executor {@code docker}. */
public final class DockerExecutorProvider implements TaskExecutorProvider {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  @Override
  public String name() {
    return DockerTaskExecutor.NAME;
  }

  @Override
  public ImageUse images() {
    return ImageUse.REQUIRED;
  }

  @Override
  public TaskExecutor create(Path stateDirectory) {
    return new DockerTaskExecutor(stateDirectory, System.getenv());
  }

  @Override
  public Optional<String> unavailable() {
    try (DockerConnection connection = new DockerConnection()) {
      return unavailable(connection);
    }
  }

  private static Optional<String> unavailable(DockerConnection connection) {
    CompletableFuture<Optional<String>> answer = new CompletableFuture<>();
    Thread asking =
        Thread.ofPlatform().daemon().start(() -> answer.complete(connection.unavailable()));
    try {
      return answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      asking.interrupt();
      return Optional.of(
          "the Docker Engine at %s has not answered within %d seconds: look after it, or set DOCKER_HOST to where another is"
              .formatted(connection.address(), PATIENCE.toSeconds()));
    } catch (InterruptedException e) {
      asking.interrupt();
      Thread.currentThread().interrupt();
      return Optional.of("asking the Docker Engine was given up");
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public List<String> objections(ContainerSpec container) {
    return OperatorPolicy.of(System.getenv()).objections(container);
  }

  @Override
  public void endLeftovers(Path stateDirectory) {
    DockerTaskExecutor.endLeftovers(stateDirectory);
  }
}

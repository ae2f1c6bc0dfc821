package dev.millrace.executors.docker;

import dev.millrace.executor.Execution;
import dev.millrace.executor.ExecutionListener;
import dev.millrace.executor.ExecutionRequest;
import dev.millrace.executor.TaskExecutor;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;

/** A pool of slots with containers for what has no place in one, as an executor. */
final class SlotPoolExecutor implements TaskExecutor {
  private final DockerEngine engine;
  private final ContainerMode containers;
  private final SlotPool pool;

  SlotPoolExecutor(Path stateDirectory, OperatorPolicy policy, Duration idle) {
    engine = new DockerEngine(stateDirectory);
    ContainerSettings settings = new ContainerSettings(engine, policy);
    containers = new ContainerMode(engine, settings, ContainerFixture.SHORT);
    pool = new SlotPool(engine, settings, containers::start, idle);
  }

  DockerEngine engine() {
    return engine;
  }

  SlotPool pool() {
    return pool;
  }

  @Override
  public String name() {
    return "docker";
  }

  @Override
  public Path seenAt(Path workingDirectory) {
    return Path.of(ContainerSettings.WORK);
  }

  @Override
  public Execution start(ExecutionRequest request, ExecutionListener listener) {
    return pool.serves(request)
        ? pool.start(request, listener)
        : containers.start(request, listener);
  }

  @Override
  public void run(
      ExecutionRequest request, Consumer<Execution> started, ExecutionListener listener) {
    if (pool.serves(request)) {
      pool.run(request, started, listener);
    } else {
      started.accept(containers.start(request, listener));
    }
  }

  @Override
  public void close() {
    pool.close();
    containers.close();
    engine.close();
  }
}

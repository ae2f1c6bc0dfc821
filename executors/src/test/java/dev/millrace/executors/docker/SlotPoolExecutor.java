package dev.millrace.executors.docker;

import dev.millrace.executor.Execution;
import dev.millrace.executor.ExecutionListener;
import dev.millrace.executor.ExecutionOutcome.NotStartable;
import dev.millrace.executor.ExecutionRequest;
import dev.millrace.executor.TaskExecutor;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;

/** A pool of slots by itself, as an executor: what has no place in a slot is refused. */
final class SlotPoolExecutor implements TaskExecutor {
  static final String REFUSED = "no place in a slot: ";

  private final DockerEngine engine;
  final SlotPool pool;

  SlotPoolExecutor(Path stateDirectory, OperatorPolicy policy, Duration idle) {
    engine = new DockerEngine(stateDirectory);
    pool =
        new SlotPool(
            engine, new ContainerSettings(engine, policy), SlotPoolExecutor::refuse, idle);
  }

  private static Execution refuse(ExecutionRequest request, ExecutionListener listener) {
    Thread.ofVirtual()
        .start(() -> listener.ended(new NotStartable(REFUSED + request.argv() + request.environment())));
    return () -> {};
  }

  DockerEngine engine() {
    return engine;
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
    return pool.serves(request) ? pool.start(request, listener) : refuse(request, listener);
  }

  @Override
  public void run(
      ExecutionRequest request, Consumer<Execution> started, ExecutionListener listener) {
    if (pool.serves(request)) {
      pool.run(request, started, listener);
    } else {
      started.accept(refuse(request, listener));
    }
  }

  @Override
  public void close() {
    pool.close();
    engine.close();
  }
}

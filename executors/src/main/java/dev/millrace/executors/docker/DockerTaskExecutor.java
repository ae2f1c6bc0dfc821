package dev.millrace.executors.docker;

import com.github.dockerjava.api.model.Container;
import dev.millrace.executor.Execution;
import dev.millrace.executor.ExecutionListener;
import dev.millrace.executor.ExecutionRequest;
import dev.millrace.executor.ImagePin;
import dev.millrace.executor.Leftover;
import dev.millrace.executor.TaskExecutor;
import dev.millrace.pipeline.ContainerSpec.Pull;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Runs attempts in containers of a Docker Engine: the executor {@code docker}.
 *
 * <p>Whatever runs in a container ends with it, so nothing of an attempt is left when its container
 * is removed; attempts that follow each other in one container leave nothing to one another, see
 * {@link SlotPool}. A step finds its sandbox at {@value ContainerSettings#WORK}, wherever it is on
 * this machine. Timeout and cancel send SIGTERM, and SIGKILL after a grace of two seconds. If the
 * engine dies, its containers go on, and the next engine of the state directory finds them by a
 * label.
 *
 * <p>Nothing is asked of the Docker Engine before the first image is pinned, unless an earlier
 * engine may have left containers.
 */
public final class DockerTaskExecutor implements TaskExecutor {

  /** The name by which steps ask for it. */
  static final String NAME = "docker";

  private static final Path SEEN_AT = Path.of(ContainerSettings.WORK);

  private final DockerEngine engine;
  private final EngineImages images;
  private final ContainerMode containers;
  private final SlotPool slots;
  private final Alarms alarms = new Alarms();

  /**
   * Makes an executor.
   *
   * @param stateDirectory the engine's, which may not exist yet
   * @param environment the engine's own, in which the operator says what containers may see
   */
  public DockerTaskExecutor(Path stateDirectory, Map<String, String> environment) {
    this(new DockerEngine(stateDirectory), OperatorPolicy.of(environment), Patience.USUAL);
  }

  DockerTaskExecutor(DockerEngine engine, OperatorPolicy policy, Patience patience) {
    this.engine = engine;
    images = new EngineImages(engine);
    ContainerSettings settings = new ContainerSettings(engine, policy);
    containers = new ContainerMode(engine, settings, patience, alarms);
    slots = new SlotPool(engine, settings, containers::start, patience, alarms);
  }

  /** Returns the Docker Engine. */
  DockerEngine engine() {
    return engine;
  }

  /** Returns the slots. */
  SlotPool slots() {
    return slots;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Path seenAt(Path workingDirectory) {
    return SEEN_AT;
  }

  @Override
  public boolean bringsSearchPath() {
    return true;
  }

  @Override
  public ImagePin pin(String image, Pull pull, Consumer<String> progress) {
    return images.pin(image, pull, progress);
  }

  @Override
  public List<Leftover> leftovers() {
    if (!engine.state().isInUse()) {
      return List.of();
    }
    try {
      List<Leftover> all = new ArrayList<>(containers.leftovers());
      all.addAll(slots.leftovers());
      return all;
    } catch (RuntimeException e) {
      return List.of();
    }
  }

  @Override
  public Execution adopt(Leftover leftover, ExecutionRequest request, ExecutionListener listener) {
    return slots.holds(leftover)
        ? slots.adopt(leftover, request, listener)
        : containers.adopt(leftover, request, listener);
  }

  @Override
  public void discard(Leftover leftover) {
    if (slots.holds(leftover)) {
      slots.discard(leftover);
    } else {
      containers.discard(leftover);
    }
  }

  @Override
  public Execution start(ExecutionRequest request, ExecutionListener listener) {
    return slots.serves(request)
        ? slots.start(request, listener)
        : containers.start(request, listener);
  }

  @Override
  public void run(
      ExecutionRequest request, Consumer<Execution> started, ExecutionListener listener) {
    if (slots.serves(request)) {
      slots.run(request, started, listener);
    } else {
      started.accept(containers.start(request, listener));
    }
  }

  /** Must not be called by a listener, whose attempt it would wait for. */
  @Override
  public void close() {
    slots.close();
    containers.close();
    alarms.close();
    if (engine.state().isInUse()) {
      try {
        if (ContainerMode.ofEngine(engine).isEmpty()) {
          engine.state().noneIsLeft();
        }
      } catch (RuntimeException e) {
        // The next engine looks.
      }
    }
    engine.close();
  }

  /** Removes what engines of a state directory that died have made and never started. */
  static void endLeftovers(Path stateDirectory) {
    try (DockerEngine engine = new DockerEngine(stateDirectory)) {
      if (!engine.state().isInUse()) {
        return;
      }
      for (Container container : ContainerMode.ofEngine(engine)) {
        boolean ofAttempt = container.getLabels().containsKey(Labels.ATTEMPT);
        if (ofAttempt && !ContainerMode.wasStarted(container)) {
          boolean _ = AttemptContainer.remove(engine.client(), container.getId());
        }
      }
    } catch (RuntimeException e) {
      // What cannot be asked now is asked by the next engine.
    }
  }
}

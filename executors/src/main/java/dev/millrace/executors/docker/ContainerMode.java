package dev.millrace.executors.docker;

import com.github.dockerjava.api.model.Container;
import dev.millrace.executor.Execution;
import dev.millrace.executor.ExecutionListener;
import dev.millrace.executor.ExecutionOutcome.Cancelled;
import dev.millrace.executor.ExecutionOutcome.NoRoom;
import dev.millrace.executor.ExecutionRequest;
import dev.millrace.executor.Leftover;
import dev.millrace.executor.ResourceUsage;
import dev.millrace.executor.RunningAttempts;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * Runs each attempt in a container of its own. Each has a thread to itself; one thread keeps the
 * time of all. The threads are the system's: virtual ones that wait for a socket have a poller
 * behind them, for which the virtual machine waits 0.3 s when the process ends.
 */
final class ContainerMode implements AutoCloseable {

  /** More starts at a time take longer in all; few machines do well with more than this. */
  private static final int STARTS_PER_PROCESSOR = 2;

  private static final int LEAST_STARTS = 4;
  private static final int MOST_STARTS = 16;

  private final DockerEngine engine;
  private final ContainerSettings settings;
  private final Patience patience;
  private final Alarms alarms;
  private final StartGate gate =
      new StartGate(
          Math.clamp(
              (long) STARTS_PER_PROCESSOR * Runtime.getRuntime().availableProcessors(),
              LEAST_STARTS,
              MOST_STARTS));
  private final RunningAttempts<ContainerAttempt> running = new RunningAttempts<>();
  private final Map<String, String> left = new ConcurrentHashMap<>();
  private final Queue<String> unremoved = new ConcurrentLinkedQueue<>();

  ContainerMode(DockerEngine engine, ContainerSettings settings, Patience patience, Alarms alarms) {
    this.alarms = alarms;
    this.engine = engine;
    this.settings = settings;
    this.patience = patience;
  }

  /** As {@link dev.millrace.executor.TaskExecutor#start}. */
  Execution start(ExecutionRequest request, ExecutionListener listener) {
    return start(request, listener, null);
  }

  private Execution start(
      ExecutionRequest request, ExecutionListener listener, @Nullable AttemptContainer container) {
    ContainerAttempt attempt = new ContainerAttempt(request, listener, this, container);
    boolean accepted = running.accept(attempt);
    try {
      Thread.ofPlatform()
          .daemon()
          .name("millrace-container")
          .start(accepted ? attempt : () -> attempt.tell(new Cancelled(ResourceUsage.NONE)));
    } catch (OutOfMemoryError e) {
      attempt.tell(new NoRoom("no thread for another attempt: " + e.getMessage()));
    }
    return attempt;
  }

  /** As {@link dev.millrace.executor.TaskExecutor#leftovers}. */
  List<Leftover> leftovers() {
    List<Leftover> found = new ArrayList<>();
    for (Container container : ofEngine(engine)) {
      Map<String, String> labels = container.getLabels();
      String attempt = labels.get(Labels.ATTEMPT);
      String sandbox = labels.get(Labels.SANDBOX);
      if (attempt == null || sandbox == null || !wasStarted(container)) {
        continue;
      }
      if (engine.state().hasEnded(container.getId())) {
        remove(new AttemptContainer(engine.client(), container.getId()));
      } else {
        left.put(attempt, container.getId());
        found.add(new Leftover(attempt, Path.of(sandbox)));
      }
    }
    return found;
  }

  /** Returns all containers that bear the engine's id, whether they run or not. */
  static List<Container> ofEngine(DockerEngine engine) {
    return engine
        .client()
        .listContainersCmd()
        .withShowAll(true)
        .withLabelFilter(Map.of(Labels.ENGINE, engine.state().id()))
        .exec();
  }

  static boolean wasStarted(Container container) {
    return switch (container.getState()) {
      case "running", "paused", "restarting", "exited" -> true;
      default -> false;
    };
  }

  /** Tells whether a leftover is of here. */
  boolean left(Leftover leftover) {
    return left.containsKey(leftover.attemptId());
  }

  /** As {@link dev.millrace.executor.TaskExecutor#adopt}. */
  Execution adopt(Leftover leftover, ExecutionRequest request, ExecutionListener listener) {
    return start(request, listener, new AttemptContainer(engine.client(), take(leftover)));
  }

  /** As {@link dev.millrace.executor.TaskExecutor#discard}. */
  void discard(Leftover leftover) {
    remove(new AttemptContainer(engine.client(), take(leftover)));
  }

  private String take(Leftover leftover) {
    String id = left.remove(leftover.attemptId());
    if (id == null) {
      throw new IllegalArgumentException("no attempt " + leftover.attemptId() + " was left");
    }
    return id;
  }

  StartGate gate() {
    return gate;
  }

  Patience patience() {
    return patience;
  }

  String address() {
    return engine.connection().address();
  }

  /** As {@link AttemptContainer#create}; what is made without our knowing is removed. */
  AttemptContainer create(ExecutionRequest request) {
    engine.state().mayHaveContainers();
    try {
      return AttemptContainer.create(engine, settings, request);
    } catch (RuntimeException e) {
      if (!EngineAnswer.isAnswer(e) && !(e instanceof IllegalArgumentException)) {
        removeUnknown(request);
      }
      throw e;
    }
  }

  private void removeUnknown(ExecutionRequest request) {
    try {
      Map<String, String> labels =
          Map.of(Labels.ENGINE, engine.state().id(), Labels.ATTEMPT, request.attemptId());
      for (String id : AttemptContainer.find(engine.client(), labels)) {
        remove(new AttemptContainer(engine.client(), id));
      }
    } catch (RuntimeException e) {
      // It does not answer yet; the next engine looks for what was made and not started.
    }
  }

  /**
   * Says that a container's attempt is about to be told as ended, though it is still there.
   *
   * @return whether that is noted; if not, the container has to be removed first
   */
  boolean noteEnd(AttemptContainer container) {
    try {
      engine.state().ended(container.id());
      return true;
    } catch (UncheckedIOException e) {
      return false;
    }
  }

  /** Removes a container; one that cannot be removed now is tried again later. */
  void remove(AttemptContainer container) {
    boolean interrupted = Thread.interrupted();
    if (container.remove()) {
      engine.state().gone(container.id());
      for (String id = unremoved.poll(); id != null; id = unremoved.poll()) {
        if (!AttemptContainer.remove(engine.client(), id)) {
          unremoved.add(id);
          break;
        }
        engine.state().gone(id);
      }
    } else {
      unremoved.add(container.id());
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  Alarms alarms() {
    return alarms;
  }

  void ended(ContainerAttempt attempt) {
    running.ended(attempt);
  }

  /** Cancels all attempts and waits for their ends, and until their containers are gone. */
  @Override
  public void close() {
    running.close().forEach(ContainerAttempt::cancel);
    running.awaitEnds();
  }
}

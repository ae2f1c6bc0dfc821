package dev.millrace.executors.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.command.InspectContainerResponse.ContainerState;
import com.github.dockerjava.api.exception.BadRequestException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.ContainerConfig;
import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.LogConfig;
import com.github.dockerjava.api.model.LogConfig.LoggingType;
import com.github.dockerjava.api.model.Mount;
import dev.millrace.executor.ExecutionRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A container that is kept for the attempts of one {@link SlotShape}, one after the other. Its root
 * file system is read-only; what a step can write is the sandbox, {@code /tmp}, and the shared
 * memory, and each of them is empty again before the next step.
 */
final class Slot implements SlotProcesses {
  private static final String READY = "ready";
  private static final long START_SECONDS = 120;
  private static final String DIRECTORY = "slots";
  private static final List<String> SHELL = List.of("sh", "-c");
  private static final String TERMINATE = "kill -TERM -1";

  private final DockerClient client;
  private final SlotShape shape;
  private final SlotDirectory directory;
  private final String id;
  private final SlotChannel channel = new SlotChannel();
  private @Nullable String container;

  private Slot(DockerEngine engine, SlotShape shape) {
    client = engine.client();
    this.shape = shape;
    id = UUID.randomUUID().toString();
    directory = directoryOf(engine, id);
  }

  /** What came of starting a slot. */
  sealed interface Opening {
    /** It waits for a step. */
    record Opened(Slot slot) implements Opening {}

    /** No container of the image can be a slot: it has no shell, or volumes of its own. */
    record Unsuited() implements Opening {}

    /** It did not start, for whatever reason. */
    record Failed() implements Opening {}
  }

  /** Returns where all slots of an engine have their directories. */
  static Path directories(DockerEngine engine) {
    return engine.state().directory().resolve(DIRECTORY);
  }

  static SlotDirectory directoryOf(DockerEngine engine, String id) {
    return new SlotDirectory(directories(engine).resolve(id));
  }

  /**
   * Starts a slot, and waits until it can run a step.
   *
   * @param like a request of the shape
   */
  static Opening open(
      DockerEngine engine, ContainerSettings settings, SlotShape shape, ExecutionRequest like) {
    Slot slot = new Slot(engine, shape);
    Opening opening = new Opening.Failed();
    try {
      if (!slot.leavesNoVolumes()) {
        opening = new Opening.Unsuited();
      } else {
        slot.create(engine, settings, like);
        opening = slot.start();
      }
    } catch (IOException | RuntimeException e) {
      // Whoever runs the request in a container of its own will find out what is wrong, and say it.
    } finally {
      if (!(opening instanceof Opening.Opened)) {
        slot.remove();
      }
    }
    return opening;
  }

  /** What a step writes to an image's volume would be there for the next one. */
  private boolean leavesNoVolumes() {
    ContainerConfig config = client.inspectImageCmd(shape.imageId()).exec().getConfig();
    Map<String, ?> volumes = config == null ? null : config.getVolumes();
    return volumes == null || volumes.isEmpty();
  }

  private void create(DockerEngine engine, ContainerSettings settings, ExecutionRequest like)
      throws IOException {
    String engineId = engine.state().id();
    engine.state().mayHaveContainers();
    directory.create();
    CreateContainerCmd create = settings.begin(like);
    HostConfig host = create.getHostConfig();
    if (host == null) {
      throw new IllegalStateException("a container without settings");
    }
    List<Mount> mounts = new ArrayList<>();
    List<Mount> others = host.getMounts();
    if (others != null) {
      mounts.addAll(others);
    }
    mounts.add(ContainerSettings.bind(directory.shared(), ContainerSettings.ROOT, false));
    mounts.add(ContainerSettings.bind(directory.script(), SlotScript.START, true));
    mounts.add(ContainerSettings.bind(directory.tmp(), "/tmp", false));
    // The answers are in files, for later engines; nobody reads a log.
    host.withReadonlyRootfs(true)
        .withMounts(mounts)
        .withLogConfig(new LogConfig(LoggingType.NONE, Map.of()));
    container =
        create
            .withHostConfig(host)
            .withLabels(Labels.ofSlot(engineId, shape.run(), id))
            .withEntrypoint(SHELL.getFirst(), SHELL.getLast(), SlotScript.runner())
            .withCmd(SlotScript.START)
            .withEnv(ContainerSettings.environment(Map.of()))
            .withWorkingDir(ContainerSettings.ROOT)
            .withAttachStdin(true)
            .withAttachStdout(true)
            .withStdinOpen(true)
            .withStdInOnce(true)
            .exec()
            .getId();
  }

  private Opening start() {
    CompletableFuture<Optional<String>> ready = channel.expect(READY);
    client
        .attachContainerCmd(container())
        .withStdIn(channel.input())
        .withStdOut(true)
        .withStdErr(true)
        .withFollowStream(true)
        .exec(channel);
    try {
      if (!channel.awaitStarted(START_SECONDS, TimeUnit.SECONDS)) {
        return new Opening.Failed();
      }
      client.startContainerCmd(container()).exec();
      return ready.get(START_SECONDS, TimeUnit.SECONDS).isPresent()
          ? new Opening.Opened(this)
          : new Opening.Unsuited();
    } catch (BadRequestException e) {
      // There is no sh.
      return new Opening.Unsuited();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Opening.Failed();
    } catch (java.util.concurrent.ExecutionException | TimeoutException e) {
      return new Opening.Failed();
    }
  }

  SlotShape shape() {
    return shape;
  }

  SlotDirectory directory() {
    return directory;
  }

  /** Tells whether its container still runs, as far as is known. */
  boolean isAlive() {
    return channel.isOpen();
  }

  /**
   * Has the step run that is in the directory.
   *
   * @return what completes with the answer, or with nothing when the container has ended
   */
  CompletableFuture<Optional<String>> ask(String nonce) {
    CompletableFuture<Optional<String>> answer = channel.expect(nonce);
    channel.send(nonce);
    return answer;
  }

  /** Docker's own way would reach the runner only. */
  @Override
  public void terminate() {
    terminate(client, container());
  }

  static void terminate(DockerClient client, String container) {
    try {
      String exec =
          client
              .execCreateCmd(container)
              .withCmd(SHELL.getFirst(), SHELL.getLast(), TERMINATE)
              .exec()
              .getId();
      client.execStartCmd(exec).withDetach(true).exec(new ResultCallback.Adapter<Frame>());
    } catch (RuntimeException e) {
      // It has ended, or has no room for another process: the kill that follows needs none.
    }
  }

  @Override
  public void kill() {
    kill(client, container());
  }

  static void kill(DockerClient client, String container) {
    try {
      client.killContainerCmd(container).exec();
    } catch (RuntimeException e) {
      // It has ended already. If it has not, its removal is what the attempt waits for.
    }
  }

  /** Tells whether a container has ended because its memory was used up. */
  boolean isOutOfMemory() {
    return isOutOfMemory(client, container());
  }

  static boolean isOutOfMemory(DockerClient client, String container) {
    try {
      ContainerState state = client.inspectContainerCmd(container).exec().getState();
      return Boolean.TRUE.equals(state.getOOMKilled());
    } catch (RuntimeException e) {
      return false;
    }
  }

  /** Ends and removes the container. */
  void removeContainer() {
    channel.end();
    String made = container;
    if (made != null) {
      removeContainer(client, made);
    }
  }

  static void removeContainer(DockerClient client, String container) {
    try {
      client.removeContainerCmd(container).withForce(true).withRemoveVolumes(true).exec();
    } catch (NotFoundException e) {
      // Somebody else did.
    } catch (RuntimeException e) {
      // A later engine finds it by its label.
    }
  }

  /** Ends and removes the container, and the directory. */
  void remove() {
    removeContainer();
    try {
      channel.close();
      directory.delete();
    } catch (IOException e) {
      // A later engine finds it by its place.
    }
  }

  private String container() {
    String made = container;
    if (made == null) {
      throw new IllegalStateException("no container was made");
    }
    return made;
  }
}

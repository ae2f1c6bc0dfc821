package dev.millrace.executors.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.command.InspectContainerResponse.ContainerState;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.Event;
import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.Mount;
import com.github.dockerjava.api.model.Volume;
import com.github.dockerjava.api.model.WaitResponse;
import dev.millrace.executor.ExecutionRequest;
import dev.millrace.pipeline.ContainerSpec.User;
import java.io.IOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The container of one attempt, and what the Docker Engine can be asked about it. */
final class AttemptContainer {
  private static final Duration OOM_DELAY = Duration.ofMillis(500);

  private final DockerClient client;
  private final String id;

  /**
   * Knows a container that is there.
   *
   * @param id the Docker Engine's
   */
  AttemptContainer(DockerClient client, String id) {
    this.client = client;
    this.id = id;
  }

  /**
   * How a container is.
   *
   * @param running whether its command may still run
   * @param started whether it was ever started
   * @param ranMillis from its start until its end, or until now
   */
  record State(boolean running, boolean started, int exitCode, boolean oomKilled, long ranMillis) {
    private static final int KILLED = 128 + 9;
    private static final int TERMINATED = 128 + 15;

    /** Tells whether a signal has ended it that may have come from outside. */
    boolean mayBeSignalled() {
      return !running && !oomKilled && (exitCode == KILLED || exitCode == TERMINATED);
    }
  }

  /**
   * Makes the container, which is not started yet.
   *
   * @throws IllegalArgumentException if the operator does not allow it
   * @throws RuntimeException if the Docker Engine refuses, or does not answer
   */
  static AttemptContainer create(
      DockerEngine engine, ContainerSettings settings, ExecutionRequest request) {
    CreateContainerCmd create = settings.begin(request);
    HostConfig host = Objects.requireNonNull(create.getHostConfig());
    // Without an init, the command would be the first process: it would not get signals that it
    // does not handle, and would have to bury the dead.
    host.withInit(true);
    if (ContainerSettings.container(request).spec().user() == User.CALLER) {
      List<Mount> mounts = new ArrayList<>(Objects.requireNonNull(host.getMounts()));
      mounts.add(ContainerSettings.bind(request.workingDirectory(), ContainerSettings.WORK, false));
      host.withMounts(mounts);
    } else {
      create.withVolumes(new Volume(ContainerSettings.WORK));
    }
    String id =
        create
            .withEntrypoint(request.argv())
            .withCmd(List.of())
            .withEnv(ContainerSettings.environment(settings.variables(request)))
            .withWorkingDir(ContainerSettings.WORK)
            .withLabels(Labels.ofAttempt(engine.state().id(), request))
            .exec()
            .getId();
    return new AttemptContainer(engine.client(), id);
  }

  String id() {
    return id;
  }

  /** Begins to take what the command will put out, to be called before {@link #start}. */
  EngineStream<Frame> attach(Consumer<Frame> sink) {
    return client
        .attachContainerCmd(id)
        .withStdOut(true)
        .withStdErr(true)
        .withFollowStream(true)
        .exec(new EngineStream<>(sink));
  }

  /**
   * Begins to take what the command has put out since its start.
   *
   * @param follow whether until its end, or what there is now
   */
  EngineStream<Frame> logs(boolean follow, Consumer<Frame> sink) {
    return client
        .logContainerCmd(id)
        .withStdOut(true)
        .withStdErr(true)
        .withFollowStream(follow)
        .exec(new EngineStream<>(sink));
  }

  void start() {
    client.startContainerCmd(id).exec();
  }

  /** Begins to wait for the end; the exit code is the only piece of the stream. */
  EngineStream<WaitResponse> await(Consumer<WaitResponse> sink) {
    return client.waitContainerCmd(id).exec(new EngineStream<>(sink));
  }

  /**
   * Sends a signal to the first process; has no effect where there is none.
   *
   * @param signal its name
   * @throws RuntimeException if the Docker Engine does not answer
   */
  void kill(String signal) {
    try {
      client.killContainerCmd(id).withSignal(signal).exec();
    } catch (DockerException e) {
      if (!EngineAnswer.isConflict(e) && !EngineAnswer.isNotFound(e)) {
        throw e;
      }
    }
  }

  /**
   * Tells whether somebody has sent a signal to the first process from outside: an operator, or a
   * Docker Engine that is being stopped. It remembers the last events only, until it ends.
   */
  boolean wasSignalled() throws InterruptedException {
    return happened("kill", Instant.now());
  }

  /**
   * Tells whether a process was killed for want of memory. The Docker Engine may hear of it only
   * after it has noted the container's end without it, so that it is given a moment.
   */
  boolean ranOutOfMemory() throws InterruptedException {
    return happened("oom", Instant.now().plus(OOM_DELAY));
  }

  private boolean happened(String kind, Instant until) throws InterruptedException {
    AtomicBoolean found = new AtomicBoolean();
    try (EngineStream<Event> events =
        client
            .eventsCmd()
            .withContainerFilter(id)
            .withEventFilter(kind)
            .withSince("0")
            .withUntil("%d.%09d".formatted(until.getEpochSecond(), until.getNano()))
            .exec(new EngineStream<>(event -> found.set(true)))) {
      Throwable broken = events.awaitEnd();
      return found.get() || (broken != null && kind.equals("kill"));
    }
  }

  State inspect() {
    ContainerState state = client.inspectContainerCmd(id).exec().getState();
    boolean running =
        Boolean.TRUE.equals(state.getRunning()) || Boolean.TRUE.equals(state.getPaused());
    Instant start = instant(state.getStartedAt());
    Instant end = running ? null : instant(state.getFinishedAt());
    boolean started = start != null && start.isAfter(Instant.EPOCH);
    Long code = state.getExitCodeLong();
    return new State(
        running,
        started,
        code == null ? -1 : code.intValue(),
        Boolean.TRUE.equals(state.getOOMKilled()),
        started && start != null ? ran(start, end) : 0);
  }

  private static long ran(Instant start, @Nullable Instant end) {
    return Math.max(0, Duration.between(start, end == null ? Instant.now() : end).toMillis());
  }

  /** A container that was not started has the year 1. */
  private static @Nullable Instant instant(@Nullable String text) {
    try {
      return text == null ? null : Instant.parse(text);
    } catch (DateTimeException e) {
      return null;
    }
  }

  /** As {@link SandboxCopy#into}. */
  void copyIn(Path sandbox) throws IOException {
    SandboxCopy.into(client, id, sandbox);
  }

  /** As {@link SandboxCopy#outOf}. */
  void copyOut(Path sandbox) throws IOException {
    SandboxCopy.outOf(client, id, sandbox);
  }

  /**
   * Removes it and its volumes, killing what runs in it.
   *
   * @return whether it is certain that it is gone, or will be at once
   */
  boolean remove() {
    return remove(client, id);
  }

  static boolean remove(DockerClient client, String id) {
    try {
      client.removeContainerCmd(id).withForce(true).withRemoveVolumes(true).exec();
      return true;
    } catch (RuntimeException e) {
      // A conflict is another's removal of it that is under way.
      return EngineAnswer.isNotFound(e) || EngineAnswer.isConflict(e);
    }
  }

  /** Returns the ids of containers that have all of some labels, whether they run or not. */
  static List<String> find(DockerClient client, Map<String, String> labels) {
    return client.listContainersCmd().withShowAll(true).withLabelFilter(labels).exec().stream()
        .map(container -> container.getId())
        .toList();
  }
}

package dev.millrace.executors.docker;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.dockerjava.api.model.Container;
import dev.millrace.executor.ContainerRequest;
import dev.millrace.executor.Execution;
import dev.millrace.executor.ExecutionOutcome;
import dev.millrace.executor.ExecutionOutcome.Exited;
import dev.millrace.executor.ExecutionRequest;
import dev.millrace.executor.OutcomeRecorder;
import dev.millrace.pipeline.ContainerSpec;
import dev.millrace.pipeline.ContainerSpec.Isolation;
import dev.millrace.pipeline.ContainerSpec.Mount;
import dev.millrace.pipeline.ContainerSpec.Pull;
import dev.millrace.pipeline.ContainerSpec.User;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A pool of slots, and requests that are described by what is special about them. */
@Timeout(120)
abstract class SlotFixture {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration POLL = Duration.ofMillis(5);

  private @Nullable Path temporary;
  private @Nullable DockerTaskExecutor executor;
  private int count;

  /** What is special about a request. */
  record Wish(
      String run,
      String image,
      String network,
      @Nullable Long sharedMemory,
      List<Mount> mounts,
      Map<String, Double> resources,
      @Nullable Duration timeout,
      Map<String, String> environment) {

    static Wish plain() {
      return plain(SlotImages.dash());
    }

    static Wish plain(String image) {
      return new Wish("run-1", image, "none", null, List.of(), Map.of(), null, Map.of());
    }

    Wish ofRun(String other) {
      return new Wish(other, image, network, sharedMemory, mounts, resources, timeout, environment);
    }

    Wish ofImage(String other) {
      return new Wish(run, other, network, sharedMemory, mounts, resources, timeout, environment);
    }

    Wish onNetwork(String other) {
      return new Wish(run, image, other, sharedMemory, mounts, resources, timeout, environment);
    }

    Wish withSharedMemory(long bytes) {
      return new Wish(run, image, network, bytes, mounts, resources, timeout, environment);
    }

    Wish withMount(Mount mount) {
      return new Wish(
          run, image, network, sharedMemory, List.of(mount), resources, timeout, environment);
    }

    Wish withMemory(long bytes) {
      return new Wish(
          run,
          image,
          network,
          sharedMemory,
          mounts,
          Map.of("memory", (double) bytes),
          timeout,
          environment);
    }

    Wish within(Duration limit) {
      return new Wish(run, image, network, sharedMemory, mounts, resources, limit, environment);
    }

    Wish with(Map<String, String> variables) {
      return new Wish(run, image, network, sharedMemory, mounts, resources, timeout, variables);
    }
  }

  /** An attempt. */
  record Started(ExecutionRequest request, Execution execution, OutcomeRecorder recorder) {

    Ended await() {
      return new Ended(request, recorder.await());
    }
  }

  /** An attempt that has ended. */
  record Ended(ExecutionRequest request, ExecutionOutcome outcome) {

    int exitCode() {
      return assertInstanceOf(Exited.class, outcome, this::toString).exitCode();
    }

    String stdout() {
      return content(request.stdout());
    }

    String stderr() {
      return content(request.stderr());
    }

    Path sandbox() {
      return request.workingDirectory();
    }
  }

  @BeforeEach
  void open(@TempDir Path directory) throws IOException {
    temporary = directory;
    Files.createDirectories(directory.resolve("mounted"));
    executor =
        new DockerTaskExecutor(
            new DockerEngine(Files.createDirectories(directory.resolve("state"))),
            new OperatorPolicy(List.of(directory.resolve("mounted")), Set.of()),
            new Patience(ContainerFixture.SHORT.grace(), ContainerFixture.SHORT.absence(), idle()));
  }

  @AfterEach
  void close() {
    executor().close();
    try (DockerEngine engine = new DockerEngine(directory().resolve("state"))) {
      assertTrue(containers(engine).isEmpty(), "a container is left");
      assertTrue(isEmptyOrAbsent(Slot.directories(engine)), "a directory is left");
    }
  }

  /** Returns how long slots are kept that are not used. */
  Duration idle() {
    return Duration.ofSeconds(60);
  }

  final DockerTaskExecutor executor() {
    DockerTaskExecutor made = executor;
    if (made == null) {
      throw new AssertionError("no executor was made");
    }
    return made;
  }

  final Path directory() {
    Path made = temporary;
    if (made == null) {
      throw new AssertionError("no directory was made");
    }
    return made;
  }

  /** Returns the containers of an engine, whatever their state. */
  static List<Container> containers(DockerEngine engine) {
    return engine
        .client()
        .listContainersCmd()
        .withShowAll(true)
        .withLabelFilter(Map.of(Labels.ENGINE, engine.state().id()))
        .exec();
  }

  private static boolean isEmptyOrAbsent(Path directory) {
    try (var entries = Files.newDirectoryStream(directory)) {
      return !entries.iterator().hasNext();
    } catch (IOException e) {
      return true;
    }
  }

  final ExecutionRequest request(Wish wish, List<String> argv) {
    count++;
    return request(directory(), count, wish, argv);
  }

  static ExecutionRequest request(Path directory, int number, Wish wish, List<String> argv) {
    Path sandbox = directory.resolve("sandbox-" + number);
    try {
      Files.createDirectories(sandbox);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    ContainerSpec spec =
        new ContainerSpec(
            Isolation.SLOT,
            Pull.NEVER,
            wish.network(),
            wish.sharedMemory(),
            User.CALLER,
            wish.mounts());
    return new ExecutionRequest(
        wish.run() + "/0/" + number,
        argv,
        wish.environment(),
        sandbox,
        directory.resolve("out-" + number),
        directory.resolve("err-" + number),
        wish.timeout(),
        new ContainerRequest("test-image", wish.image(), spec),
        wish.resources());
  }

  final Started start(Wish wish, List<String> argv) {
    ExecutionRequest request = request(wish, argv);
    OutcomeRecorder recorder = new OutcomeRecorder();
    return new Started(request, executor().start(request, recorder), recorder);
  }

  final Started start(Wish wish, String script) {
    return start(wish, List.of("sh", "-c", script));
  }

  final Ended run(Wish wish, String script) {
    return start(wish, script).await();
  }

  final Ended run(String script) {
    return run(Wish.plain(), script);
  }

  /** Returns what tells containers apart. */
  final String containerOf(Wish wish) {
    Ended ended = run(wish, "read -r name </proc/sys/kernel/hostname; echo $name");
    return ended.stdout();
  }

  final String container() {
    return containerOf(Wish.plain());
  }

  static String content(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void touch(Path file) {
    try {
      Files.writeString(file, "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, "a condition has not come true");
      LockSupport.parkNanos(POLL.toNanos());
    }
  }
}

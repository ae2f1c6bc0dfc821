package dev.millrace.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.executor.ExecutionOutcome.Exited;
import dev.millrace.executor.ExecutionOutcome.NotStartable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * What {@link TaskExecutorTck} and other tests of executors stand on: an executor for each test,
 * requests with sandboxes of their own, and the check that every end is told once.
 */
public abstract class TaskExecutorFixture {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** The variables of requests that want no others. */
  protected static final Map<String, String> ENVIRONMENT =
      Map.of("PATH", "/usr/local/bin:/usr/bin:/bin");

  private static final Duration POLL = Duration.ofMillis(5);

  /** The directory of the test. */
  @TempDir protected @Nullable Path temporary;

  private final List<OutcomeRecorder> recorders = Collections.synchronizedList(new ArrayList<>());
  private @Nullable TaskExecutor executor;
  private int count;

  /** Makes the executor under test. */
  protected abstract TaskExecutor newExecutor(Path stateDirectory);

  /** Returns the container that requests ask for, or null. */
  protected @Nullable ContainerRequest container() {
    return null;
  }

  /** Makes the executor. */
  @BeforeEach
  public void open() throws IOException {
    executor = newExecutor(Files.createDirectories(directory().resolve("state")));
  }

  /** Whatever a test did, each of its attempts must have been told its end once. */
  @AfterEach
  public void endsAreToldExactlyOnce() {
    executor().close();
    for (OutcomeRecorder recorder : recorders) {
      assertEquals(1, recorder.count());
    }
  }

  /** An attempt that was started. */
  public record Started(ExecutionRequest request, Execution execution, OutcomeRecorder recorder) {

    /** Waits for the end. */
    public ExecutionOutcome await() {
      return recorder.await();
    }
  }

  /** Starts an attempt. */
  protected final Started start(ExecutionRequest request) {
    return start(request, new OutcomeRecorder());
  }

  /** Starts an attempt whose end is told to a recorder. */
  protected final Started start(ExecutionRequest request, OutcomeRecorder recorder) {
    recorders.add(recorder);
    return new Started(request, executor().start(request, recorder), recorder);
  }

  final void runOnThisThread(
      ExecutionRequest request, Consumer<Execution> started, OutcomeRecorder recorder) {
    recorders.add(recorder);
    executor().run(request, started, recorder);
  }

  /** Runs a script to its end. */
  protected final ExecutionOutcome run(String script) {
    return start(request(script)).await();
  }

  /** Returns a request for a script of the shell, in a sandbox of its own. */
  protected final ExecutionRequest request(String script) {
    return request(List.of("sh", "-c", script), ENVIRONMENT, null);
  }

  /** Returns a request with a sandbox of its own. */
  protected final ExecutionRequest request(
      List<String> argv, Map<String, String> environment, @Nullable Duration timeout) {
    count++;
    Path sandbox = directory().resolve("sandbox-" + count);
    try {
      Files.createDirectories(sandbox);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return new ExecutionRequest(
        "run-1/0/" + count,
        argv,
        environment,
        sandbox,
        directory().resolve("out-" + count),
        directory().resolve("err-" + count),
        timeout,
        container(),
        Map.of());
  }

  /** Returns a request in another's sandbox. */
  final ExecutionRequest request(
      ExecutionRequest other, List<String> argv, Map<String, String> environment) {
    ExecutionRequest own = request(argv, environment, null);
    return new ExecutionRequest(
        own.attemptId(),
        argv,
        environment,
        other.workingDirectory(),
        own.stdout(),
        own.stderr(),
        null,
        container(),
        Map.of());
  }

  /** Returns the executor under test. */
  protected final TaskExecutor executor() {
    TaskExecutor made = executor;
    if (made == null) {
      throw new AssertionError("no executor was made");
    }
    return made;
  }

  /** Returns the directory of the test. */
  protected final Path directory() {
    Path made = temporary;
    if (made == null) {
      throw new AssertionError("no directory was made");
    }
    return made;
  }

  /** Returns the outcome as an exit. */
  protected static Exited exited(ExecutionOutcome outcome) {
    return assertInstanceOf(Exited.class, outcome, outcome::toString);
  }

  /** Returns why an attempt could not be started. */
  protected static String notStartable(ExecutionOutcome outcome) {
    return assertInstanceOf(NotStartable.class, outcome, outcome::toString).message();
  }

  /** Waits for a condition. */
  protected static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, "a condition has not come true");
      LockSupport.parkNanos(POLL.toNanos());
    }
  }

  /** Returns a file's text; none where it does not exist. */
  protected static String contentOf(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file, StandardCharsets.UTF_8) : "";
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Writes a file, in a directory that is made where there is none. */
  protected static void write(Path file, String content) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.writeString(file, content);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  static void program(Path file, String content) {
    write(file, content);
    assertTrue(file.toFile().setExecutable(true));
  }
}

package dev.millrace.executors.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.dockerjava.api.model.Container;
import dev.millrace.executor.ExecutionOutcome;
import dev.millrace.executor.ExecutionOutcome.Exited;
import dev.millrace.executor.ExecutionOutcome.Lost;
import dev.millrace.executor.ExecutionOutcome.TimedOut;
import dev.millrace.executor.ExecutionRequest;
import dev.millrace.executor.Leftover;
import dev.millrace.executor.OutcomeRecorder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of attempts in containers when their engine is killed, as by {@code kill -9}. */
@RequiresDocker
@Timeout(120)
class DockerEngineDeathTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration POLL = Duration.ofMillis(20);
  private static final int FIRST = 4;

  private Path directory = Path.of("");
  private Path state = Path.of("");
  private DockerEngine engine = new DockerEngine(state);

  @BeforeEach
  void prepare(@TempDir Path temporary) throws IOException {
    directory = temporary;
    state = Files.createDirectories(temporary.resolve("state"));
    engine = new DockerEngine(state);
  }

  @AfterEach
  void nothingIsLeft() {
    try {
      assertEquals(List.of(), containers().stream().map(Container::getId).toList());
    } finally {
      containers().forEach(left -> AttemptContainer.remove(engine.client(), left.getId()));
      engine.close();
    }
  }

  private List<Container> containers() {
    return ContainerMode.ofEngine(engine);
  }

  /** Starts an engine with attempts, and kills it when each has printed a line. */
  private void runAndKill(String... scripts) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                DoomedContainerEngine.class.getName(),
                state.toString(),
                directory.toString(),
                TestImage.SHARED.name(),
                TestImage.SHARED.id()));
    command.addAll(List.of(scripts));
    Process doomed =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("engine.out").toFile())
            .start();
    try {
      for (int i = 0; i < scripts.length; i++) {
        Path out = directory.resolve("out-" + (FIRST + i));
        await(() -> text(out).startsWith("begin\n"));
      }
    } finally {
      doomed.destroyForcibly().waitFor();
    }
  }

  private DockerTaskExecutor next() {
    DockerTaskExecutor.endLeftovers(state);
    return new DockerTaskExecutor(state, Map.of());
  }

  private ExecutionRequest request(int number) {
    return DoomedContainerEngine.request(directory, number, "unused", TestImage.SHARED.container());
  }

  @Test
  void theNextEngineGoesOnWithAttempts() throws IOException, InterruptedException {
    runAndKill(
        "echo begin; until [ -e go ]; do sleep 0.02; done; echo end; echo error >&2; exit 3",
        "echo begin; until [ -e go ]; do sleep 0.02; done; seq 1 10000; exit 0");
    Files.createFile(directory.resolve("sandbox-5/go"));
    await(() -> containers().stream().anyMatch(found -> found.getState().equals("exited")));
    try (DockerTaskExecutor executor = next()) {
      List<Leftover> leftovers =
          executor.leftovers().stream().sorted(Comparator.comparing(Leftover::attemptId)).toList();
      assertEquals(
          List.of(
              new Leftover("run/0/4", directory.resolve("sandbox-4")),
              new Leftover("run/0/5", directory.resolve("sandbox-5"))),
          leftovers);
      OutcomeRecorder runs = new OutcomeRecorder();
      OutcomeRecorder ended = new OutcomeRecorder();
      var _ = executor.adopt(leftovers.get(0), request(4), runs);
      var _ = executor.adopt(leftovers.get(1), request(5), ended);
      assertEquals(0, assertInstanceOf(Exited.class, ended.await()).exitCode());
      assertEquals(48_894 + "begin\n".length(), Files.size(directory.resolve("out-5")));
      await(() -> text(directory.resolve("out-4")).equals("begin\n"));
      Files.createFile(directory.resolve("sandbox-4/go"));
      assertEquals(3, assertInstanceOf(Exited.class, runs.await()).exitCode());
      assertEquals("begin\nend\n", text(directory.resolve("out-4")));
      assertEquals("error\n", text(directory.resolve("err-4")));
      assertThrows(
          IllegalArgumentException.class,
          () -> executor.adopt(leftovers.get(0), request(4), end -> {}));
    }
  }

  @Test
  void whatNobodyWantsIsEnded() throws IOException, InterruptedException {
    runAndKill("echo begin; setsid sleep 1000 & sleep 1000");
    try (DockerTaskExecutor executor = next()) {
      Leftover leftover = executor.leftovers().getFirst();
      executor.discard(leftover);
      assertEquals(List.of(), containers());
    }
  }

  @Test
  void theTimeoutCountsFromTheFirstStart() throws IOException, InterruptedException {
    runAndKill("echo begin; sleep 1000");
    try (DockerTaskExecutor executor = next()) {
      ExecutionRequest request = request(4);
      OutcomeRecorder recorder = new OutcomeRecorder();
      var _ =
          executor.adopt(
              executor.leftovers().getFirst(),
              new ExecutionRequest(
                  request.attemptId(),
                  request.argv(),
                  request.environment(),
                  request.workingDirectory(),
                  request.stdout(),
                  request.stderr(),
                  Duration.ofMillis(1),
                  request.container(),
                  Map.of()),
              recorder);
      assertInstanceOf(TimedOut.class, recorder.await());
    }
  }

  @Test
  void whatWasKilledUnseenIsLost() throws IOException, InterruptedException {
    runAndKill("echo begin; sleep 1000");
    engine.client().killContainerCmd(containers().getFirst().getId()).exec();
    await(() -> containers().getFirst().getState().equals("exited"));
    try (DockerTaskExecutor executor = next()) {
      OutcomeRecorder recorder = new OutcomeRecorder();
      var _ = executor.adopt(executor.leftovers().getFirst(), request(4), recorder);
      ExecutionOutcome outcome = recorder.await();
      assertInstanceOf(Lost.class, outcome);
    }
  }

  @Test
  void whatWasMadeAndNotStartedIsRemoved() throws IOException {
    Files.createDirectories(directory.resolve("sandbox-1"));
    engine.state().mayHaveContainers();
    AttemptContainer made =
        AttemptContainer.create(
            engine,
            new ContainerSettings(engine, OperatorPolicy.of(Map.of())),
            DoomedContainerEngine.request(directory, 1, "true", TestImage.SHARED.container()));
    assertTrue(containers().stream().anyMatch(found -> found.getId().equals(made.id())));
    try (DockerTaskExecutor executor = next()) {
      assertEquals(List.of(), executor.leftovers());
    }
  }

  @Test
  void anEngineThatEndedWellLeavesNothingToAskFor() throws IOException {
    Files.createDirectories(directory.resolve("sandbox-1"));
    OutcomeRecorder recorder = new OutcomeRecorder();
    try (DockerTaskExecutor executor = next()) {
      var _ =
          executor.start(
              DoomedContainerEngine.request(directory, 1, "exit 2", TestImage.SHARED.container()),
              recorder);
      assertEquals(2, assertInstanceOf(Exited.class, recorder.await()).exitCode());
      assertTrue(engine.state().isInUse());
    }
    assertTrue(!engine.state().isInUse());
  }

  private static String text(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, "a condition has not come true");
      LockSupport.parkNanos(POLL.toNanos());
    }
  }
}

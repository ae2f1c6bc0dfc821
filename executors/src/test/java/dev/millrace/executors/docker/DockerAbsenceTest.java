package dev.millrace.executors.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.executor.ExecutionOutcome.Cancelled;
import dev.millrace.executor.ExecutionOutcome.Lost;
import dev.millrace.executor.ExecutionOutcome.TimedOut;
import dev.millrace.executor.ExecutionRequest;
import dev.millrace.executor.ImagePin;
import dev.millrace.executor.TaskExecutor;
import dev.millrace.pipeline.ContainerSpec.Pull;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of attempts when the Docker Engine goes away under them, and comes back or not. */
@RequiresDocker
@Timeout(120)
class DockerAbsenceTest extends ContainerFixture {
  private @Nullable EngineProxy proxy;
  private final DockerConnection direct = new DockerConnection();

  @Override
  protected TaskExecutor newExecutor(Path stateDirectory) {
    assumeTrue(
        direct.address().startsWith("unix:"), "only a socket of this machine is stood in for");
    try {
      EngineProxy made = new EngineProxy(stateDirectory.resolve("docker.sock"), direct.address());
      proxy = made;
      return newExecutor(
          new DockerEngine(
              new EngineState(stateDirectory), () -> new DockerConnection(made.address())));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private EngineProxy proxy() {
    return Objects.requireNonNull(proxy);
  }

  @AfterEach
  void closeProxy() throws IOException {
    executor().close();
    for (String left : containers(engine())) {
      AttemptContainer.remove(direct.client(), left);
    }
    proxy().close();
    direct.close();
  }

  private Started running(String script) {
    Started started = start(request("echo begin; " + script));
    await(() -> stdout(started).equals("begin\n"));
    return started;
  }

  @Test
  void aContainerThatIsLeftAloneIsFoundAgain() throws IOException {
    Started started =
        running(
            "until [ -e go ]; do sleep 0.02; done; seq 1 1000; until [ -e on ]; do sleep 0.02;"
                + " done; exit 7");
    proxy().goAway();
    write(sandbox(started).resolve("go"), "");
    proxy().comeBack();
    String all =
        IntStream.rangeClosed(1, 1_000)
            .mapToObj(i -> i + "\n")
            .collect(Collectors.joining("", "begin\n", ""));
    await(() -> stdout(started).equals(all) || started.recorder().isEnded());
    write(sandbox(started).resolve("on"), "");
    assertEquals(7, exited(started.await()).exitCode());
    assertEquals(all, stdout(started));
  }

  @Test
  void aContainerThatEndedMeanwhileIsLost() throws IOException {
    Started started = running("sleep 1000");
    String id = containers(engine()).getFirst();
    proxy().goAway();
    direct.client().killContainerCmd(id).withSignal("SIGKILL").exec();
    await(() -> !new AttemptContainer(direct.client(), id).inspect().running());
    proxy().comeBack();
    Lost lost = assertInstanceOf(Lost.class, started.await());
    assertTrue(lost.message().contains("went away"), lost::message);
    assertEquals(List.of(), containers(engine()));
  }

  @Test
  void aTimeoutIsKeptWhenItComesBack() throws IOException {
    ExecutionRequest request =
        request(List.of("sh", "-c", "echo begin; sleep 1000"), ENVIRONMENT, Duration.ofSeconds(1));
    Started started = start(request);
    await(() -> stdout(started).equals("begin\n"));
    proxy().goAway();
    long gone = System.nanoTime();
    await(() -> System.nanoTime() - gone > Duration.ofMillis(1_500).toNanos());
    proxy().comeBack();
    assertInstanceOf(TimedOut.class, started.await());
  }

  @Test
  void withoutOneNothingStartsAndItIsSaidWhatToDo() throws IOException {
    proxy().goAway();
    Started started = start(request("true"));
    Lost lost = assertInstanceOf(Lost.class, started.await());
    assertTrue(lost.message().contains("systemctl start docker"), lost::message);
    assertTrue(lost.message().contains(proxy().address()), lost::message);
    ImagePin pin = executor().pin("any:1", Pull.MISSING, sentence -> {});
    assertTrue(assertInstanceOf(ImagePin.Unavailable.class, pin).message().contains("DOCKER_HOST"));
    assertTrue(Files.notExists(started.request().stdout()));
    proxy().comeBack();
    assertEquals(0, exited(run("true")).exitCode());
  }

  @Test
  void anAttemptThatWasNotStartedWaitsForIt() throws IOException {
    proxy().goAway();
    Started started = start(request("exit 4"));
    proxy().comeBack();
    assertEquals(4, exited(started.await()).exitCode());
  }

  @Test
  void anAttemptThatWaitsForItCanBeCancelled() throws IOException {
    proxy().goAway();
    Started started = start(request("exit 4"));
    started.execution().cancel();
    assertInstanceOf(Cancelled.class, started.await());
  }

  @Test
  void whetherOneAnswersIsSaid() throws IOException {
    try (DockerConnection connection = new DockerConnection(proxy().address())) {
      assertTrue(connection.unavailable().isEmpty());
      proxy().goAway();
      assertTrue(connection.unavailable().orElseThrow().contains("start it"));
    }
  }
}

package dev.millrace.executors.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.executor.Execution;
import dev.millrace.executor.ExecutionOutcome.Cancelled;
import dev.millrace.executor.ExecutionOutcome.Lost;
import dev.millrace.executor.ExecutionOutcome.TimedOut;
import dev.millrace.executor.ExecutionRequest;
import dev.millrace.executor.Leftover;
import dev.millrace.executor.OutcomeRecorder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What becomes of attempts in slots when their engine is killed, as by {@code kill -9}. */
@RequiresDocker
class SlotEngineDeathTest extends SlotFixture {
  private static final int FIRST = 2;

  /** Starts an engine with attempts, and kills it when each has printed a line. */
  private List<Leftover> runAndKill(String... scripts) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                SlotDoomedEngine.class.getName(),
                directory().toString(),
                SlotImages.dash()));
    command.addAll(List.of(scripts));
    Process doomed =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(directory().resolve("engine.out").toFile())
            .start();
    try {
      for (int i = 0; i < scripts.length; i++) {
        Path out = directory().resolve("out-" + (FIRST + i));
        await(() -> content(out).startsWith("begin\n"));
      }
    } finally {
      doomed.destroyForcibly().waitFor();
    }
    return executor().slots().leftovers().stream()
        .sorted(Comparator.comparing(Leftover::attemptId))
        .toList();
  }

  private ExecutionRequest again(int number, Wish wish) {
    // The sandbox is there already: as a link, until the attempt has ended.
    return request(directory(), number, wish, List.of("unused"));
  }

  private Path sandbox(int number) {
    return directory().resolve("sandbox-" + number);
  }

  private Started adopt(Leftover leftover, ExecutionRequest request) {
    OutcomeRecorder recorder = new OutcomeRecorder();
    Execution execution = executor().slots().adopt(leftover, request, recorder);
    return new Started(request, execution, recorder);
  }

  @Test
  void theNextEngineGoesOnWithAttempts() throws IOException, InterruptedException {
    List<Leftover> leftovers =
        runAndKill(
            "echo begin; until [ -e go ]; do sleep 0.02; done; echo end; echo error >&2; exit 3",
            "echo begin; sleep 0.2; seq 1 10000; echo x >x; setsid sleep 1000 & exit 0");
    assertEquals(
        List.of(new Leftover("run-1/0/2", sandbox(2)), new Leftover("run-1/0/3", sandbox(3))),
        leftovers);
    // As if the next engine had other files for the output.
    Files.delete(directory().resolve("out-3"));
    Started runs = adopt(leftovers.get(0), again(2, Wish.plain()));
    Started ended = adopt(leftovers.get(1), again(3, Wish.plain()));
    assertEquals(0, ended.await().exitCode());
    assertEquals(48_894 + "begin\n".length(), Files.size(directory().resolve("out-3")));
    assertEquals("x\n", content(sandbox(3).resolve("x")));
    assertTrue(Files.isDirectory(sandbox(3), LinkOption.NOFOLLOW_LINKS));
    touch(sandbox(2).resolve("go"));
    assertEquals(3, runs.await().exitCode());
    assertEquals("begin\nend\n", runs.await().stdout());
    assertEquals("error\n", runs.await().stderr());
    assertThrows(
        IllegalArgumentException.class, () -> adopt(leftovers.get(0), again(2, Wish.plain())));
  }

  @Test
  void anAttemptThatEndedUnseenIsToldAsItEnded() throws IOException, InterruptedException {
    List<Leftover> leftovers = runAndKill("echo begin; sleep 0.5; exit 4");
    await(this::allExited);
    Started started = adopt(leftovers.getFirst(), again(2, Wish.plain()));
    assertEquals(4, started.await().exitCode());
  }

  private boolean allExited() {
    return containers(executor().engine()).stream()
        .allMatch(container -> container.getState().equals("exited"));
  }

  @Test
  void whatNobodyWantsIsEnded() throws IOException, InterruptedException {
    List<Leftover> leftovers = runAndKill("echo begin; setsid sleep 1000 & sleep 1000");
    executor().slots().discard(leftovers.getFirst());
    assertEquals(List.of(), containers(executor().engine()));
  }

  @Test
  void idleSlotsOfADeadEngineAreRemoved() throws IOException, InterruptedException {
    List<Leftover> leftovers =
        runAndKill("echo begin; sleep 1000", "echo begin; exit 0", "echo begin; exit 0");
    // An attempt that had ended may have been given back before the engine died, or not.
    for (Leftover leftover : leftovers) {
      executor().slots().discard(leftover);
    }
    // What Docker was asked for in the engine's last moment may come a little later.
    await(
        () -> {
          assertEquals(List.of(), executor().slots().leftovers());
          return containers(executor().engine()).isEmpty();
        });
    try (Stream<Path> left = Files.list(Slot.directories(executor().engine()))) {
      assertEquals(0, left.count());
    }
  }

  @Test
  void theTimeoutCountsFromTheFirstStart() throws IOException, InterruptedException {
    List<Leftover> leftovers = runAndKill("echo begin; sleep 1000");
    Wish wish = Wish.plain().within(Duration.ofMillis(1));
    assertInstanceOf(TimedOut.class, adopt(leftovers.getFirst(), again(2, wish)).await().outcome());
  }

  @Test
  void whatGoesOnCanBeCancelled() throws IOException, InterruptedException {
    List<Leftover> leftovers = runAndKill("echo begin; sleep 1000");
    Started started = adopt(leftovers.getFirst(), again(2, Wish.plain()));
    started.execution().cancel();
    assertInstanceOf(Cancelled.class, started.await().outcome());
  }

  @Test
  void whatWasKilledUnseenIsLost() throws IOException, InterruptedException {
    List<Leftover> leftovers = runAndKill("echo begin; sleep 1000");
    containers(executor().engine())
        .forEach(each -> Slot.kill(executor().engine().client(), each.getId()));
    Started started = adopt(leftovers.getFirst(), again(2, Wish.plain()));
    assertInstanceOf(Lost.class, started.await().outcome());
    assertTrue(Files.isDirectory(sandbox(2), LinkOption.NOFOLLOW_LINKS));
  }
}

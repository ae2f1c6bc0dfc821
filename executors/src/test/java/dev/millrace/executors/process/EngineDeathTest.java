package dev.millrace.executors.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of attempts when their engine is killed, as by {@code kill -9}. */
@Timeout(120)
class EngineDeathTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration POLL = Duration.ofMillis(10);
  private static final int PROCESSES = 7;

  private final String token = "1000." + Math.abs(System.nanoTime());
  private Path state = Path.of("");
  private @Nullable Process started;

  @BeforeEach
  void startEngine(@TempDir Path directory) throws IOException {
    assumeTrue(PosixSpawnLauncher.isAvailable());
    state = Files.createDirectories(directory.resolve("state"));
    started =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                DoomedEngine.class.getName(),
                state.toString(),
                directory.toString(),
                token)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("engine.out").toFile())
            .start();
    await(() -> running().count() == PROCESSES);
  }

  @AfterEach
  void killAll() {
    if (started != null) {
      started.destroyForcibly();
    }
    running().forEach(ProcessHandle::destroyForcibly);
  }

  @Test
  void theGuardKillsTheAttemptsOfAKilledEngine() throws InterruptedException {
    ProcessHandle guard = guard();
    engine().destroyForcibly().waitFor();
    await(() -> running().findAny().isEmpty());
    await(() -> !isRunning(guard));
    assertEquals(0, LeftoverProcesses.killOf(state));
  }

  @Test
  void theNextEngineKillsWhatIsLeftWhenTheGuardIsKilledToo() throws InterruptedException {
    ProcessHandle guard = guard();
    guard.destroyForcibly();
    engine().destroyForcibly().waitFor();
    await(() -> !isRunning(guard));
    int left = LeftoverProcesses.killOf(state);
    assertTrue(left >= PROCESSES, () -> left + " were killed");
    await(() -> running().findAny().isEmpty());
  }

  @Test
  void aLivingEngineKeepsItsAttempts() {
    assertEquals(0, LeftoverProcesses.killOf(state));
    assertEquals(PROCESSES, running().count());
  }

  @Test
  void otherStateDirectoriesKeepTheirs(@TempDir Path other) throws InterruptedException {
    guard().destroyForcibly();
    engine().destroyForcibly().waitFor();
    assertEquals(0, LeftoverProcesses.killOf(other));
    assertEquals(PROCESSES, running().count());
    assertTrue(LeftoverProcesses.killOf(state) >= PROCESSES);
  }

  @Test
  void theGuardIgnoresSignalsOfATerminalAndIsReplacedWhenKilled() {
    ProcessHandle guard = guard();
    long start = System.nanoTime();
    guard.destroy();
    await(() -> System.nanoTime() - start > Duration.ofMillis(1_200).toNanos());
    assertTrue(isRunning(guard));
    guard.destroyForcibly();
    await(() -> guards().anyMatch(other -> other.pid() != guard.pid()));
  }

  private Process engine() {
    return Objects.requireNonNull(started);
  }

  private Stream<ProcessHandle> running() {
    return ProcessHandle.allProcesses()
        .filter(process -> process.info().command().orElse("").endsWith("/sleep"))
        .filter(process -> hasArgument(process, token));
  }

  private ProcessHandle guard() {
    return guards().findFirst().orElseThrow();
  }

  private Stream<ProcessHandle> guards() {
    return engine().children().filter(child -> hasArgument(child, "millrace-guard"));
  }

  /** A zombie, whose new parent may leave it for a while, has no command any more. */
  private static boolean isRunning(ProcessHandle process) {
    return process.info().command().isPresent();
  }

  private static boolean hasArgument(ProcessHandle process, String argument) {
    return List.of(process.info().arguments().orElse(new String[0])).contains(argument);
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, "a condition has not come true");
      LockSupport.parkNanos(POLL.toNanos());
    }
  }
}

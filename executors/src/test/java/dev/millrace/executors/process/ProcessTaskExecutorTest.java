package dev.millrace.executors.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.executor.TaskExecutor;
import dev.millrace.executor.TaskExecutorTck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The executor as it is where the C library is GNU's. */
@EnabledOnOs(OS.LINUX)
class ProcessTaskExecutorTest extends TaskExecutorTck {

  @Override
  protected TaskExecutor newExecutor(Path stateDirectory) {
    return new ProcessTaskExecutor(
        stateDirectory, Duration.ofMillis(500), ProcessTaskExecutor::bestLauncher);
  }

  @Test
  void memoryIsMeasuredWhereItExceedsTheVirtualMachines() {
    long size = 1L << 30;
    long rss =
        exited(run("head -c " + size + " /dev/zero | tail -c 1G >/dev/null")).usage().maxRssBytes();
    assertTrue(rss >= size, () -> "resident set " + rss);
  }

  @Test
  void orphansThatEndDuringALongAttemptAreReaped() {
    Started attempt =
        start(
            request(
                "i=0; while [ $i -lt 100 ]; do (setsid true &); i=$((i+1)); done\n"
                    + "until [ -e go ]; do sleep 0.05; done"));
    await(() -> zombies() >= 50);
    await(() -> zombies() == 0);
    Path go = attempt.request().workingDirectory().resolve("go");
    assertTrue(create(go));
    exited(attempt.recorder().await());
  }

  @Test
  void theVirtualMachinesOwnChildrenAreLeftAlone() throws InterruptedException {
    Process lasting = startedByAThreadThatEnds("exec sleep 1000");
    Process exiting = startedByAThreadThatEnds("sleep 0.3; exit 7");
    for (int i = 0; i < 10; i++) {
      exited(run("setsid sleep 1000 & (sleep 1000 &)"));
    }
    assertEquals(7, exiting.waitFor());
    assertTrue(lasting.isAlive());
    lasting.destroyForcibly().waitFor();
  }

  @Test
  void preparingTwiceAndAfterTheEndIsHarmless() {
    ProcessTaskExecutor local = (ProcessTaskExecutor) executor();
    local.prepare();
    local.prepare();
    assertEquals(0, exited(run("true")).exitCode());
    local.close();
    local.prepare();
  }

  @Test
  void theGuardEndsWithTheExecutor() {
    exited(run("true"));
    assertEquals(1, guards());
    executor().close();
    assertEquals(0, guards());
  }

  private static Process startedByAThreadThatEnds(String script) throws InterruptedException {
    CompletableFuture<Process> started = new CompletableFuture<>();
    Thread thread =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    started.complete(new ProcessBuilder("sh", "-c", script).start());
                  } catch (IOException e) {
                    started.completeExceptionally(e);
                  }
                });
    thread.join();
    return started.join();
  }

  private static boolean create(Path file) {
    try {
      return Files.exists(Files.createFile(file));
    } catch (IOException e) {
      return false;
    }
  }

  private static long zombies() {
    return ProcessHandle.current()
        .children()
        .filter(
            child -> {
              ProcStat stat = ProcStat.read(child.pid());
              return stat != null && stat.isZombie();
            })
        .count();
  }

  private static long guards() {
    return ProcessHandle.current()
        .children()
        .filter(
            child ->
                List.of(child.info().arguments().orElse(new String[0])).contains("millrace-guard"))
        .count();
  }
}

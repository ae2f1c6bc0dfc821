package dev.millrace.executors.process;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.executor.TaskExecutor;
import dev.millrace.executor.TaskExecutorTck;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The executor as it is where the C library is GNU's. */
class ProcessTaskExecutorTest extends TaskExecutorTck {

  @Override
  protected TaskExecutor newExecutor(Path stateDirectory) {
    return new ProcessTaskExecutor(
        stateDirectory, Duration.ofMillis(500), ProcessTaskExecutor::bestLauncher);
  }

  @Test
  void memoryIsMeasuredWhereItExceedsTheVirtualMachines() {
    assumeTrue(PosixSpawnLauncher.isAvailable());
    long size = 1L << 30;
    long rss =
        exited(run("head -c " + size + " /dev/zero | tail -c 1G >/dev/null")).usage().maxRssBytes();
    assertTrue(rss >= size, () -> "resident set " + rss);
  }
}

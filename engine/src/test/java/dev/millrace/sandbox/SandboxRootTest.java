package dev.millrace.sandbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.content.InMemoryContentStore;
import dev.millrace.content.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SandboxRootTest {
  @TempDir Path directory;

  private SandboxRoot open() throws IOException {
    return SandboxRoot.open(directory.resolve("sb"), new Trees(new InMemoryContentStore()));
  }

  @Test
  void leavesTheSandboxesOfLivingEnginesAlone() throws IOException {
    try (SandboxRoot first = open()) {
      Sandbox sandbox = first.create("1", new TreeMap<>(), new TreeMap<>());
      try (SandboxRoot second = open()) {
        assertEquals(0, second.sweep());
        assertEquals(0, first.sweep());
      }
      assertTrue(Files.exists(sandbox.workingDirectory()));
    }
    try (Stream<Path> left = Files.list(directory.resolve("sb"))) {
      assertEquals(List.of(), left.toList());
    }
  }

  /** Holds a sandbox until it is killed. */
  static final class Victim {
    private Victim() {}

    /** Opens the root given and says so by a file. */
    public static void main(String[] args) throws Exception {
      Path directory = Path.of(args[0]);
      SandboxRoot root = SandboxRoot.open(directory, new Trees(new InMemoryContentStore()));
      Sandbox sandbox = root.create("1", new TreeMap<>(), new TreeMap<>());
      Files.writeString(directory.resolveSibling("ready"), sandbox.workingDirectory().toString());
      new CountDownLatch(1).await();
    }
  }

  @Test
  void removesTheSandboxesOfAnEngineThatWasKilled() throws Exception {
    Path sandboxes = directory.resolve("sb");
    Process victim =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Victim.class.getName(),
                sandboxes.toString())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("log").toFile())
            .start();
    try {
      Path ready = directory.resolve("ready");
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
      while (!Files.exists(ready) || Files.size(ready) == 0) {
        assertTrue(victim.isAlive(), this::log);
        assertTrue(System.nanoTime() < deadline, "the process did not become ready");
        Thread.onSpinWait();
      }
      Path work = Path.of(Files.readString(ready));
      assertTrue(Files.exists(work));
      try (SandboxRoot root = open()) {
        assertEquals(0, root.sweep(), "it lives");
        assertTrue(Files.exists(work));
      }

      victim.destroyForcibly().waitFor();

      try (SandboxRoot root = open()) {
        assertFalse(Files.exists(work));
        assertEquals(0, root.sweep());
      }
    } finally {
      victim.destroyForcibly();
    }
  }

  private String log() {
    try {
      return Files.readString(directory.resolve("log"));
    } catch (IOException e) {
      return e.toString();
    }
  }
}

package dev.millrace.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.cache.CacheCollector;
import dev.millrace.journal.RunQuery;
import dev.millrace.journal.RunRecord;
import dev.millrace.run.TaskStatus;
import dev.millrace.runtime.RunArchive;
import dev.millrace.runtime.RunHistory;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills the command line with SIGKILL at random moments of a run of 200 tasks, and runs the same
 * command again, until {@code millrace.crashes} kills (by default {@value #DEFAULT_CRASHES}) are
 * done. The moments come from {@code millrace.seed}, which is printed.
 */
@EnabledOnOs(OS.LINUX)
final class CrashLoopTest {
  private static final int DEFAULT_CRASHES = 6;
  private static final int TASKS = 200;

  private final String mark = "crash-loop-" + UUID.randomUUID();
  private final long seed = Long.getLong("millrace.seed", System.nanoTime());
  private final Random random = new Random(seed);

  @TempDir Path project;

  @Test
  void nothingFinishedRunsAgainAndNothingSurvives() throws Exception {
    writePipeline();
    int crashes = Integer.getInteger("millrace.crashes", DEFAULT_CRASHES);
    int variant = 0;
    Map<String, Map<Integer, Integer>> finished = new HashMap<>();
    for (int done = 0; done < crashes; ) {
      if (crash(variant)) {
        done++;
        awaitNoProcess();
        checkFinished(finished);
      } else {
        variant++;
      }
    }
    Process last = start(variant);
    assertEquals(0, last.waitFor(), () -> "seed " + seed + ": " + output());
    checkFinished(finished);
    awaitNoProcess();
    verifyStore();
  }

  private void writePipeline() throws IOException {
    String document =
        """
        {
          "version": 1,
          "name": "crash-loop",
          "params": { "variant": { "type": "integer", "default": 0 } },
          "defaults": { "env": { "MARK": "%s", "VARIANT": "${{ params.variant }}" } },
          "steps": {
            "make": {
              "matrix": { "i": %s, "j": [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] },
              "script": "(sleep 0.05; sleep 300) & sleep 0.02; echo ${{ matrix.i }}-${{ matrix.j }} > out",
              "outputs": { "out": "out" }
            },
            "check": {
              "forEach": { "step": "make" },
              "script": "cat inputs/in inputs/in > out",
              "inputs": { "in": { "from": "make.out" } },
              "outputs": { "out": "out" }
            }
          }
        }
        """
            .formatted(mark, numbers(TASKS / 20));
    Files.writeString(project.resolve("pipeline.json"), document);
  }

  private static String numbers(int count) {
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      numbers.add(i);
    }
    return numbers.toString();
  }

  /** Starts a run and kills it; false if it came to its end first. */
  private boolean crash(int variant) throws Exception {
    Process process = start(variant);
    boolean ended = process.waitFor(300 + random.nextInt(2_500), TimeUnit.MILLISECONDS);
    if (ended) {
      assertEquals(0, process.exitValue(), () -> "seed " + seed + ": " + output());
      return false;
    }
    process.destroyForcibly().waitFor();
    return true;
  }

  private Process start(int variant) throws IOException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            "dev.millrace.cli.Main",
            "run",
            "pipeline.json",
            "--param",
            "variant=" + variant);
    File log = project.resolve("output.txt").toFile();
    return new ProcessBuilder(command)
        .directory(project.toFile())
        .redirectErrorStream(true)
        .redirectOutput(log)
        .start();
  }

  private String output() {
    try {
      return Files.readString(project.resolve("output.txt"));
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** Checks that no task that had finished was given another attempt since. */
  private void checkFinished(Map<String, Map<Integer, Integer>> finished) throws IOException {
    Path state = project.resolve(".millrace");
    if (!Files.exists(state.resolve("millrace.db"))) {
      return;
    }
    try (RunArchive archive = RunArchive.open(state)) {
      for (RunRecord record : archive.list(RunQuery.newest(100))) {
        RunHistory run = archive.read(record);
        Map<Integer, Integer> before = finished.computeIfAbsent(record.id(), id -> new HashMap<>());
        for (int task : run.view().taskNumbers()) {
          int attempts = run.view().attempts(task);
          int number = task;
          Integer known = before.get(task);
          if (known != null) {
            assertEquals(known, attempts, () -> "seed " + seed + ": task " + number + " ran again");
          }
          if (run.view().taskStatus(task) instanceof TaskStatus.Succeeded) {
            before.put(task, attempts);
          }
        }
      }
    }
  }

  private void awaitNoProcess() throws IOException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    List<String> left = marked();
    while (!left.isEmpty() && System.nanoTime() < deadline) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
      left = marked();
    }
    assertEquals(List.of(), left, "seed " + seed);
  }

  private List<String> marked() throws IOException {
    List<String> found = new ArrayList<>();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path process : processes) {
        try {
          byte[] environment = Files.readAllBytes(process.resolve("environ"));
          if (new String(environment, StandardCharsets.UTF_8).contains("MARK=" + mark)) {
            found.add(process + " " + Files.readString(process.resolve("cmdline")));
          }
        } catch (IOException e) {
          // The process has gone.
        }
      }
    }
    return found;
  }

  private void verifyStore() throws IOException {
    try (RunArchive archive = RunArchive.open(project.resolve(".millrace"))) {
      CacheCollector collector =
          new CacheCollector(archive.cache(), archive.store(), archive.store());
      CacheCollector.Verified verified = collector.verify();
      assertEquals(List.of(), verified.corrupt());
      assertEquals(List.of(), verified.incomplete());
      assertTrue(verified.blobs() > 0);
    }
  }
}

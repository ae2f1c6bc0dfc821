package dev.millrace.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.journal.RunQuery;
import dev.millrace.journal.RunRecord;
import dev.millrace.runtime.RunArchive;
import dev.millrace.runtime.RunHistory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Kills the command line with SIGKILL while steps run in containers, and runs the same command
 * again: each step goes on where it was.
 */
@Timeout(300)
final class ContainerKillTest {
  private static final int TASKS = 20;

  /** Makes an image of this machine's shell and what the steps need besides. */
  private static final String IMPORT =
      """
      files="/bin/sh $(command -v sleep)"
      libraries=$(ldd $files | grep -o '/[^ :]*[.]so[^ :]*' | sort -u)
      tar -chf - $files $libraries 2>/dev/null | docker import - "$1"
      """;

  private final String image = "millrace-kill-" + UUID.randomUUID() + ":1";

  /** Names the processes of the steps: a time to sleep that no other process has. */
  private final String sleep = "25." + Math.abs(System.nanoTime());

  @TempDir Path project;

  @BeforeEach
  void makeImage() throws Exception {
    assumeTrue(
        succeeds("docker", "version"),
        "no Docker Engine answers; start one, or set DOCKER_HOST to the address of another");
    assertTrue(succeeds("sh", "-c", IMPORT, "sh", image));
  }

  @AfterEach
  void removeImage() throws Exception {
    var _ = succeeds("docker", "rmi", "-f", image);
  }

  @ParameterizedTest
  @ValueSource(strings = {"container", "slot"})
  void stepsGoOnWhereTheyWere(String isolation) throws Exception {
    Files.writeString(project.resolve("pipeline.json"), pipeline(isolation));
    try (MillraceProcess killed = run()) {
      MillraceProcess.await("all steps run", () -> sleeping() == TASKS);
      killed.signal("KILL");
    }
    try (MillraceProcess again = run()) {
      assertEquals(0, again.exitCode(), again.output());
    }
    try (RunArchive archive = RunArchive.open(project.resolve(".millrace"))) {
      assertEquals(1, archive.list(RunQuery.newest(10)).size());
      RunRecord record = archive.list(RunQuery.newest(1)).getFirst();
      assertEquals("succeeded", record.summary().status());
      RunHistory run = archive.read(record);
      for (int task : run.view().taskNumbers()) {
        assertEquals(1, run.view().attempts(task), () -> run.view().taskName(task) + " ran again");
      }
    }
    for (int i = 0; i < TASKS; i++) {
      assertEquals("begin\nend\n", logs("step[n=" + i + "]"));
    }
    assertEquals(0, sleeping());
    String engine = Files.readString(project.resolve(".millrace/docker/engine-id")).strip();
    assertEquals(
        "", output("docker", "ps", "-aq", "--filter", "label=dev.millrace.engine=" + engine));
  }

  private String pipeline(String isolation) {
    String numbers =
        IntStream.range(0, TASKS).mapToObj(Integer::toString).collect(Collectors.joining(","));
    return """
    {
      "version": 1,
      "name": "kill",
      "steps": {
        "step": {
          "executor": "docker",
          "image": "%s",
          "container": { "network": "none", "isolation": "%s" },
          "matrix": { "n": [%s] },
          "script": "echo begin; sleep %s; echo end; echo ${{ matrix.n }} > out",
          "outputs": { "out": "out" }
        }
      }
    }
    """
        .formatted(image, isolation, numbers, sleep);
  }

  private MillraceProcess run() throws IOException {
    return MillraceProcess.start(project, "run", "pipeline.json", "--jobs", "" + TASKS);
  }

  private String logs(String task) throws Exception {
    try (MillraceProcess logs = MillraceProcess.start(project, "logs", "--stdout", task)) {
      assertEquals(0, logs.exitCode());
      return logs.output();
    }
  }

  private int sleeping() {
    return (int)
        ProcessHandle.allProcesses()
            .filter(process -> process.info().command().orElse("").endsWith("sleep"))
            .filter(
                process ->
                    Arrays.asList(process.info().arguments().orElse(new String[0])).contains(sleep))
            .count();
  }

  private static boolean succeeds(String... command) throws Exception {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(60, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private static String output(String... command) throws Exception {
    Process process = new ProcessBuilder(command).start();
    byte[] text = process.getInputStream().readAllBytes();
    process.waitFor();
    return new String(text, StandardCharsets.UTF_8).strip();
  }
}

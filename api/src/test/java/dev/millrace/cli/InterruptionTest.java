package dev.millrace.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.cli.Shell.Done;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What happens to a run whose process is told to go, or is gone. */
@Timeout(180)
class InterruptionTest {
  @TempDir Path folder;
  private Shell shell;

  /** Its first step counts its runs; its second hangs until the file {@code go} is there. */
  @BeforeEach
  void writePipeline() throws IOException {
    shell = new Shell(folder);
    shell.file(
        "p.json",
        """
        {
          "version": 1, "name": "hang",
          "steps": {
            "first": { "script": "echo x >> FOLDER/count; echo 1 > out", "outputs": { "o": "out" } },
            "second": {
              "script": "echo $$ > FOLDER/pid.new; mv FOLDER/pid.new FOLDER/pid; while ! test -e FOLDER/go; do sleep 0.05; done",
              "inputs": { "o": { "from": "first.o" } }
            }
          }
        }
        """
            .replace("FOLDER", folder.toString()));
  }

  private long pidOfSecond() {
    Path file = folder.resolve("pid");
    MillraceProcess.await("the second step runs", () -> Files.exists(file));
    try {
      return Long.parseLong(Files.readString(file).strip());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A zombie only waits for its parent, which in a container may never look. */
  private static boolean isAlive(long pid) {
    try {
      return !Files.readString(Path.of("/proc/" + pid + "/stat")).contains(") Z ");
    } catch (IOException e) {
      return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent();
    }
  }

  @Test
  void theFirstInterruptCancelsCleanly() throws Exception {
    try (MillraceProcess run = MillraceProcess.start(folder, "run", "p.json")) {
      long second = pidOfSecond();
      run.signal("INT");
      assertEquals(ExitCode.CANCELLED, run.exitCode(), run.output());
      assertTrue(run.output().contains("cancelled in "), run.output());
      MillraceProcess.await("no process is left", () -> !isAlive(second));
    }
    assertTrue(shell.millrace("runs").out().contains("cancelled"));
  }

  @Test
  void aSecondProcessIsToldWhoWorksHere() throws Exception {
    try (MillraceProcess run = MillraceProcess.start(folder, "run", "p.json")) {
      pidOfSecond();
      Done other = shell.millrace("run", "p.json");
      assertEquals(ExitCode.CANNOT_WORK, other.exitCode());
      assertTrue(other.err().contains("is running in this project"), other.err());
      assertTrue(other.err().contains("--state"), other.err());
      assertTrue(shell.millrace("show").out().contains("second  running"));
      run.signal("INT");
      assertEquals(ExitCode.CANCELLED, run.exitCode());
    }
  }

  @Test
  void theSameCommandGoesOnWithARunThatWasKilled() throws Exception {
    long second;
    try (MillraceProcess run = MillraceProcess.start(folder, "run", "p.json")) {
      second = pidOfSecond();
      run.signal("KILL");
      run.exitCode();
    }
    shell.file("go", "");
    Done again = shell.millrace("run", "p.json");
    assertEquals(ExitCode.OK, again.exitCode(), again.out() + again.err());
    assertTrue(again.out().startsWith("continuing run "), again.out());
    assertTrue(again.out().contains("1 of 2 tasks had finished"), again.out());
    assertEquals("x\n", shell.read("count"));
    assertFalse(isAlive(second));
    assertEquals(ExitCode.OK, shell.millrace("cache", "verify").exitCode());
  }

  @Test
  void nobodyReadingTheOutputIsNoError() throws Exception {
    shell.file("go", "");
    Path errors = folder.resolve("errors");
    Process run =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "run",
                "p.json",
                "--json")
            .directory(folder.toFile())
            .redirectError(errors.toFile())
            .start();
    run.getInputStream().close();
    assertEquals(ExitCode.OK, run.waitFor());
    assertEquals("", Files.readString(errors));
  }
}

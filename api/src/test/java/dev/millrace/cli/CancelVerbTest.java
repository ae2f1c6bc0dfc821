package dev.millrace.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.cli.Shell.Done;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The end of a run that is asked for from another process. */
@Timeout(180)
class CancelVerbTest {
  @TempDir Path folder;
  private Shell shell;

  /** Its second step hangs until the file {@code go} is there; its last leaves a file. */
  @BeforeEach
  void writePipeline() throws IOException {
    shell = new Shell(folder);
    shell.file(
        "p.json",
        """
        {
          "version": 1, "name": "hang",
          "steps": {
            "hang": {
              "script": "echo x > FOLDER/hangs; while ! test -e FOLDER/go; do sleep 0.05; done"
            },
            "sweep": { "script": "echo x > FOLDER/swept", "needs": ["hang"], "on": "always" }
          }
        }
        """
            .replace("FOLDER", folder.toString()));
  }

  private boolean exists(String name) {
    return Files.exists(folder.resolve(name));
  }

  private MillraceProcess startHanging() throws IOException {
    MillraceProcess run = MillraceProcess.start(folder, "run", "p.json");
    MillraceProcess.await("the step hangs", () -> exists("hangs"));
    return run;
  }

  private void killHanging() throws Exception {
    try (MillraceProcess run = startHanging()) {
      run.signal("KILL");
      run.exitCode();
    }
  }

  @Test
  void cancelsTheRunOfAnotherProcess() throws Exception {
    try (MillraceProcess run = startHanging()) {
      Done done = shell.millrace("cancel", "latest");
      assertEquals(ExitCode.OK, done.exitCode(), done.err());
      assertTrue(done.out().endsWith(" is cancelled\n"), done.out());
      assertEquals(ExitCode.CANCELLED, run.exitCode(), run.output());
    }
    assertTrue(exists("swept"));
  }

  @Test
  void forceLeavesOutWhatRunsAlways() throws Exception {
    try (MillraceProcess run = startHanging()) {
      Done done = shell.millrace("cancel", "latest", "--force");
      assertEquals(ExitCode.OK, done.exitCode(), done.err());
      assertEquals(ExitCode.CANCELLED, run.exitCode(), run.output());
    }
    assertFalse(exists("swept"));
  }

  @Test
  void aRunWithoutAnEngineIsOverWhenTheCommandReturns() throws Exception {
    killHanging();
    Done done = shell.millrace("cancel", "latest");
    assertEquals(ExitCode.OK, done.exitCode(), done.err());
    assertTrue(done.out().endsWith(" is cancelled\n"), done.out());
    assertTrue(exists("swept"));
    assertTrue(shell.millrace("show").out().contains("status    cancelled"));
    shell.file("go", "");
    Done again = shell.millrace("run", "p.json");
    assertEquals(ExitCode.OK, again.exitCode(), again.err());
    assertTrue(again.out().startsWith("run "), again.out());
  }

  @Test
  void aRunThatWasInterruptedWaitsWhileAnotherWorksHere() throws Exception {
    killHanging();
    String interrupted = Shell.text(shell.millrace("runs", "--json").objects().getFirst(), "run");
    shell.file("q.json", shell.read("p.json").replace("\"hang\",", "\"other\","));
    Files.delete(folder.resolve("hangs"));
    try (MillraceProcess other = MillraceProcess.start(folder, "run", "q.json")) {
      MillraceProcess.await("the other step hangs", () -> exists("hangs"));
      Done done = shell.millrace("cancel", interrupted);
      assertEquals(ExitCode.OK, done.exitCode(), done.err());
      assertTrue(done.out().contains("as soon as it goes on"), done.out());
      shell.file("go", "");
      assertEquals(ExitCode.OK, other.exitCode(), other.output());
    }
    Files.delete(folder.resolve("go"));
    Done again = shell.millrace("run", "p.json");
    assertEquals(ExitCode.CANCELLED, again.exitCode(), again.out() + again.err());
  }

  @Test
  void refusesWhatHasEndedOrNeverWas() throws IOException {
    shell.file("go", "");
    shell.millrace("run", "p.json");
    Done over = shell.millrace("cancel", "latest");
    assertEquals(ExitCode.BAD_INPUT, over.exitCode());
    assertTrue(over.err().contains("has ended: its status is succeeded"), over.err());
    Done unknown = shell.millrace("cancel", "nope");
    assertEquals(ExitCode.BAD_INPUT, unknown.exitCode());
    assertTrue(unknown.err().contains("there is no run \"nope\""), unknown.err());
  }
}

package dev.millrace.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.cli.Shell.Done;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Looking at what an attempt writes while it runs. */
@Timeout(120)
@EnabledOnOs(OS.LINUX)
class LiveLogTest {
  @TempDir Path folder;
  private Shell shell;

  @BeforeEach
  void writePipeline() throws IOException {
    shell = new Shell(folder);
    shell.with("KEY", "hidden");
    shell.file(
        "p.json",
        """
        {
          "version": 1, "name": "slow",
          "steps": {
            "first": { "script": "while ! test -e FOLDER/begin; do sleep 0.02; done" },
            "talk": {
              "needs": ["first"], "secrets": ["KEY"],
              "script": "echo one $KEY; echo careful >&2; while ! test -e FOLDER/go; do sleep 0.02; done; echo two $KEY"
            }
          }
        }
        """
            .replace("FOLDER", folder.toString()));
  }

  private BackgroundRun start() {
    return BackgroundRun.start(shell, "run", "p.json", "--secret", "KEY");
  }

  private void awaitText() {
    // The last bytes, as many as the secret has, are held back: it may begin there.
    MillraceProcess.await(
        "the step has written", () -> shell.millrace("logs", "talk").out().contains("one "));
  }

  @Test
  void showsWhatWasWrittenSoFar() throws IOException {
    shell.file("begin", "");
    BackgroundRun run = start();
    awaitText();
    Done done = shell.millrace("logs", "talk");
    assertTrue(done.out().startsWith("one *"), done.out());
    assertTrue(!done.out().contains("hidden"), done.out());
    shell.file("go", "");
    assertEquals(ExitCode.OK, run.await().exitCode());
    assertEquals("one ***\ntwo ***\n", shell.millrace("logs", "talk", "--stdout").out());
  }

  @Test
  void followsUntilTheEnd() throws IOException {
    BackgroundRun run = start();
    MillraceProcess.await("it runs", () -> shell.millrace("show").out().contains("first  running"));
    BackgroundRun follow = BackgroundRun.start(shell, "logs", "talk", "--follow", "--stdout");
    shell.file("begin", "");
    awaitText();
    shell.file("go", "");
    assertEquals(ExitCode.OK, run.await().exitCode());
    assertEquals("one ***\ntwo ***\n", follow.await().out(), follow.await().err());
    Done after = shell.millrace("logs", "talk", "--follow");
    assertEquals("one ***\ntwo ***\n---- stderr ----\ncareful\n", after.out());
  }

  @Test
  void followingEndsWithACancelledAttempt() throws IOException {
    shell.file("begin", "");
    BackgroundRun run = start();
    awaitText();
    BackgroundRun follow = BackgroundRun.start(shell, "logs", "talk", "--follow");
    shell.millrace("cancel", "latest");
    assertEquals(ExitCode.CANCELLED, run.await().exitCode());
    assertTrue(!follow.await().out().contains("two"), follow.await().out());
  }

  @Test
  void saysWhenNothingRuns() throws IOException {
    shell.file("begin", "");
    shell.file("go", "");
    start().await();
    Done done = shell.millrace("logs", "talk", "--follow", "--attempt", "1");
    assertEquals(ExitCode.BAD_INPUT, done.exitCode());
  }
}

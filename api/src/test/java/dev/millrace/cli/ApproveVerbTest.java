package dev.millrace.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.cli.Shell.Done;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The yes or no of a person, given while a run goes on in another process, or in none. */
@Timeout(180)
class ApproveVerbTest {
  private static final Pattern COMMAND =
      Pattern.compile("waits for approval: millrace (approve \\S+ ship)\n");

  @TempDir Path folder;
  private Shell shell;

  @BeforeEach
  void writePipeline() throws IOException {
    shell = new Shell(folder);
    shell.file(
        "p.json",
        """
        {
          "version": 1, "name": "gated",
          "steps": {
            "make": { "script": "echo 1 > out", "outputs": { "o": "out" } },
            "ship": {
              "script": "cp inputs/o shipped", "approval": true,
              "inputs": { "o": { "from": "make.o" } }, "outputs": { "s": "shipped" }
            }
          },
          "outputs": { "s": { "from": "ship.s" } }
        }
        """);
  }

  /** Returns the command that the run says to give, when it has said so. */
  private static String[] saidBy(MillraceProcess run) {
    String[] command = {""};
    MillraceProcess.await(
        "it is told how to approve",
        () -> {
          try {
            Matcher found = COMMAND.matcher(run.output());
            command[0] = found.find() ? found.group(1) : "";
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
          return !command[0].isEmpty();
        });
    return command[0].split(" ");
  }

  private static String[] with(String[] words, String... more) {
    return Stream.of(List.of(words), List.of(more)).flatMap(List::stream).toArray(String[]::new);
  }

  @Test
  void theCommandThatTheRunSaysLetsTheTaskRun() throws Exception {
    try (MillraceProcess run = MillraceProcess.start(folder, "run", "p.json")) {
      String[] command = saidBy(run);
      assertTrue(shell.millrace("show").out().contains("waits for approval"));
      Done done = shell.millrace(with(command, "--comment", "looks good"));
      assertEquals("ship is approved\n", done.out(), done.err());
      assertEquals(ExitCode.OK, done.exitCode());
      assertEquals(ExitCode.OK, run.exitCode(), run.output());
      assertTrue(run.output().contains("looks good"), run.output());
    }
    assertEquals("1\n", shell.read(".millrace/outputs/gated/s"));
    String detail = shell.millrace("show", "--task", "ship").out();
    assertTrue(detail.contains(": looks good"), detail);
  }

  @Test
  void aRejectedTaskFails() throws Exception {
    try (MillraceProcess run = MillraceProcess.start(folder, "run", "p.json")) {
      Done done = shell.millrace(with(saidBy(run), "--reject", "--comment", "too early"));
      assertEquals("ship is rejected\n", done.out(), done.err());
      assertEquals(ExitCode.FAILED, run.exitCode(), run.output());
      assertTrue(run.output().contains("too early"), run.output());
    }
  }

  @Test
  void theFirstAnswerWithoutAnEngineHoldsWhenTheRunGoesOn() throws Exception {
    String[] command;
    try (MillraceProcess run = MillraceProcess.start(folder, "run", "p.json")) {
      command = saidBy(run);
      run.signal("KILL");
      run.exitCode();
    }
    Done kept = shell.millrace(command);
    assertEquals(ExitCode.OK, kept.exitCode(), kept.err());
    assertTrue(kept.out().contains("waits until run"), kept.out());
    assertEquals(ExitCode.OK, shell.millrace(with(command, "--reject")).exitCode());
    Done again = shell.millrace("run", "p.json");
    assertEquals(ExitCode.OK, again.exitCode(), again.out() + again.err());
    assertTrue(again.out().startsWith("continuing run "), again.out());
  }

  @Test
  void refusesWhatItCannotAnswer() throws Exception {
    try (MillraceProcess run = MillraceProcess.start(folder, "run", "p.json")) {
      saidBy(run);
      Done noRun = shell.millrace("approve", "nope", "ship");
      assertEquals(ExitCode.BAD_INPUT, noRun.exitCode());
      assertTrue(noRun.err().contains("there is no run \"nope\""), noRun.err());
      Done noTask = shell.millrace("approve", "latest", "shp");
      assertEquals(ExitCode.BAD_INPUT, noTask.exitCode());
      assertTrue(noTask.err().contains("did you mean \"ship\"?"), noTask.err());
      Done notHeld = shell.millrace("approve", "latest", "ship", "make");
      assertEquals(ExitCode.BAD_INPUT, notHeld.exitCode());
      assertTrue(
          notHeld.err().contains("make does not wait for approval: its status is succeeded"),
          notHeld.err());
      Done tooLong = shell.millrace("approve", "latest", "ship", "--comment", "x".repeat(70_000));
      assertEquals(ExitCode.BAD_INPUT, tooLong.exitCode());
      assertTrue(tooLong.err().contains("--comment is too long"), tooLong.err());
      assertFalse(Files.exists(folder.resolve(".millrace/wishes/rejected")));
      assertTrue(shell.millrace("show").out().contains("waits for approval"));
      run.signal("INT");
      assertEquals(ExitCode.CANCELLED, run.exitCode());
    }
    Done over = shell.millrace("approve", "latest", "ship");
    assertTrue(
        over.err().contains("does not wait for approval: its status is cancelled"), over.err());
  }
}

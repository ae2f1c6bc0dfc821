package dev.millrace.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.cli.Shell.Done;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Running what is recorded, to see whether it comes to the same. */
class VerificationTest {
  /** The first step's output tells its runs apart; the second's does not. */
  private static final String PIPELINE =
      """
      {
        "version": 1,
        "name": "sampled",
        "steps": {
          "dice": {
            "script": "cat /proc/sys/kernel/random/uuid > out.txt",
            "outputs": { "text": "out.txt" }
          },
          "same": {
            "script": "echo same > out.txt",
            "outputs": { "text": "out.txt" }
          },
          "below": {
            "script": "cat inputs/text > out.txt",
            "inputs": { "text": { "from": "dice.text" } },
            "outputs": { "text": "out.txt" }
          }
        },
        "outputs": { "text": { "from": "below.text" } }
      }
      """;

  @TempDir Path folder;
  private Shell shell;

  @BeforeEach
  void writePipeline() throws IOException {
    shell = new Shell(folder);
    shell.file("p.json", PIPELINE);
  }

  @Test
  void whatDiffersIsReportedAndDoesNotReplaceWhatWasRecorded() throws IOException {
    shell.millrace("run", "p.json");
    String recorded = shell.read(".millrace/outputs/sampled/text.txt");
    Done verified = shell.millrace("run", "p.json", "--verify");
    assertEquals(ExitCode.OK, verified.exitCode(), verified.err());
    assertTrue(verified.out().contains("3 tasks run"), verified.out());
    assertTrue(verified.out().contains("1 result differs"), verified.out());
    assertEquals(recorded, shell.read(".millrace/outputs/sampled/text.txt"));
    Done again = shell.millrace("run", "p.json");
    assertTrue(again.out().contains("all 3 tasks came from the cache"), again.out());
    assertEquals(recorded, shell.read(".millrace/outputs/sampled/text.txt"));
  }

  @Test
  void aRefreshReportsWhatDiffersAndReplacesIt() throws IOException {
    shell.millrace("run", "p.json");
    String recorded = shell.read(".millrace/outputs/sampled/text.txt");
    Done refreshed = shell.millrace("run", "p.json", "--refresh");
    assertTrue(refreshed.out().contains("1 result differs"), refreshed.out());
    String renewed = shell.read(".millrace/outputs/sampled/text.txt");
    assertTrue(!renewed.equals(recorded), renewed);
    shell.millrace("run", "p.json");
    assertEquals(renewed, shell.read(".millrace/outputs/sampled/text.txt"));
  }

  @Test
  void noneIsVerifiedByAShareOfNothing() {
    shell.millrace("run", "p.json");
    Done again = shell.millrace("run", "p.json", "--verify=0");
    assertTrue(again.out().contains("all 3 tasks came from the cache"), again.out());
  }
}

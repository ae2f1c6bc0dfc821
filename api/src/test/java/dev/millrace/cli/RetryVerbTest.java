package dev.millrace.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.cli.Shell.Done;
import dev.millrace.digest.Digest;
import dev.millrace.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a failed or cancelled run when it is tried again. */
@Timeout(180)
class RetryVerbTest {
  @TempDir Path folder;
  private Shell shell;

  /** Its second step fails as long as there is no file {@code go}. */
  @BeforeEach
  void writePipeline() throws IOException {
    shell = new Shell(folder);
    shell.file("in.txt", "hello\n");
    shell.file(
        "p.json",
        """
        {
          "version": 1, "name": "flaky",
          "steps": {
            "first": {
              "script": "echo x >> FOLDER/count; cp inputs/t out.txt",
              "inputs": { "t": { "path": "in.txt" } }, "outputs": { "o": "out.txt" }
            },
            "second": {
              "script": "test -e FOLDER/go && cp inputs/o end.txt",
              "inputs": { "o": { "from": "first.o" } }, "outputs": { "e": "end.txt" }
            },
            "third": { "script": "test -s inputs/e", "inputs": { "e": { "from": "second.e" } } }
          },
          "outputs": { "e": { "from": "second.e" } }
        }
        """
            .replace("FOLDER", folder.toString()));
  }

  private String failedRun() {
    Done failed = shell.millrace("run", "p.json");
    assertEquals(ExitCode.FAILED, failed.exitCode(), failed.out() + failed.err());
    return Shell.text(shell.millrace("runs", "--json").objects().getFirst(), "run");
  }

  @Test
  void goesOnUnderTheSameIdWithoutTheDocument() throws IOException {
    String id = failedRun();
    shell.file("go", "");
    Files.delete(folder.resolve("p.json"));
    Files.delete(folder.resolve("in.txt"));
    Done done = shell.millrace("retry", "latest");
    assertEquals(ExitCode.OK, done.exitCode(), done.out() + done.err());
    assertTrue(done.out().startsWith("continuing run " + id), done.out());
    assertTrue(done.out().contains("1 of 3 tasks had finished"), done.out());
    assertTrue(done.out().contains("e: .millrace/outputs/flaky/e.txt"), done.out());
    assertEquals("hello\n", shell.read(".millrace/outputs/flaky/e.txt"));
    assertEquals("x\n", shell.read("count"));
    List<JsonObject> runs = shell.millrace("runs", "--json").objects();
    assertEquals(1, runs.size());
    assertEquals("succeeded", Shell.text(runs.getFirst(), "status"));
  }

  private String failedRunWithoutItsInput() throws IOException {
    String id = failedRunOf("test -e FOLDER/go && cp inputs/t end.txt");
    String hex = Digest.of("hello\n".getBytes(StandardCharsets.UTF_8)).hex();
    Files.delete(
        folder.resolve(".millrace/store/blobs/" + hex.substring(0, 2) + "/" + hex.substring(2)));
    shell.file("go", "");
    return id;
  }

  private String failedRunOf(String script) throws IOException {
    shell.file(
        "p.json",
        """
        { "version": 1, "name": "one", "steps": { "only": { "script": "SCRIPT",
          "inputs": { "t": { "path": "in.txt" } }, "outputs": { "e": "end.txt" } } } }
        """
            .replace("SCRIPT", script)
            .replace("FOLDER", folder.toString()));
    return failedRun();
  }

  @Test
  void readsAnInputAgainThatTheStoreHasLost() throws IOException {
    String id = failedRunWithoutItsInput();
    Done done = shell.millrace("retry", id);
    assertEquals(ExitCode.OK, done.exitCode(), done.out() + done.err());
    assertTrue(done.out().contains("was read again"), done.out());
  }

  @Test
  void saysOnceWhenAnInputIsGoneForGood() throws IOException {
    String id = failedRunWithoutItsInput();
    shell.file("in.txt", "changed\n");
    Done done = shell.millrace("retry", id);
    assertEquals(ExitCode.FAILED, done.exitCode(), done.out() + done.err());
    assertTrue(done.out().contains("put it back, or run the pipeline anew"), done.out());
    assertTrue(
        done.out().lines().filter(line -> line.contains("only started")).count() == 1, done.out());
  }

  @Test
  void failsAgainWithTheSameCodeAndTheSameEvents() {
    String id = failedRun();
    Done again = shell.millrace("retry", id, "--json");
    assertEquals(ExitCode.FAILED, again.exitCode(), again.err());
    assertEquals("failed", Shell.text(again.objects().getLast(), "status"));
    assertTrue(
        again.objects().stream().anyMatch(it -> Shell.text(it, "type").equals("reopened")),
        again.out());
    Done text = shell.millrace("retry", id, "--plain");
    assertTrue(text.out().contains("second failed"), text.out());
  }

  @Test
  void goesOnWithACancelledRun() throws Exception {
    shell.file(
        "p.json",
        """
        {
          "version": 1, "name": "hang",
          "steps": {
            "hang": { "script": "echo x > FOLDER/hangs; while ! test -e FOLDER/go; do sleep 0.05; done" },
            "after": { "command": ["true"], "needs": ["hang"] }
          }
        }
        """
            .replace("FOLDER", folder.toString()));
    try (MillraceProcess run = MillraceProcess.start(folder, "run", "p.json")) {
      MillraceProcess.await("the step hangs", () -> Files.exists(folder.resolve("hangs")));
      Done busy = shell.millrace("retry", "latest");
      assertEquals(ExitCode.CANNOT_WORK, busy.exitCode());
      assertTrue(busy.err().contains("is running in this project"), busy.err());
      run.signal("INT");
      assertEquals(ExitCode.CANCELLED, run.exitCode(), run.output());
    }
    shell.file("go", "");
    Done done = shell.millrace("retry", "latest");
    assertEquals(ExitCode.OK, done.exitCode(), done.out() + done.err());
    assertTrue(done.out().contains("0 of 2 tasks had finished"), done.out());
  }

  @Test
  void refusesWhatHasSucceededOrNeverWas() throws IOException {
    failedRun();
    Done unknown = shell.millrace("retry", "nope");
    assertEquals(ExitCode.BAD_INPUT, unknown.exitCode());
    assertTrue(unknown.err().contains("there is no run \"nope\""), unknown.err());
    shell.file("go", "");
    assertEquals(ExitCode.OK, shell.millrace("retry", "latest").exitCode());
    Done succeeded = shell.millrace("retry", "latest");
    assertEquals(ExitCode.BAD_INPUT, succeeded.exitCode());
    assertTrue(succeeded.err().contains("has succeeded"), succeeded.err());
  }
}

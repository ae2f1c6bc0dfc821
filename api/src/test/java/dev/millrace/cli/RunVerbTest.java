package dev.millrace.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.cli.Shell.Done;
import dev.millrace.json.JsonNumber;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunVerbTest {
  static final String TWO_STEPS =
      """
      {
        "version": 1,
        "name": "two",
        "params": { "n": { "type": "integer", "default": 1 } },
        "steps": {
          "copy": {
            "script": "cat inputs/text > out.txt",
            "inputs": { "text": { "path": "in.txt" } },
            "outputs": { "text": { "path": "out.txt" } }
          },
          "count": {
            "script": "echo '{\\"n\\": ${{ params.n }}}' > n.json; cat inputs/text >> log",
            "inputs": { "text": { "from": "copy.text" } },
            "outputs": { "n": { "path": "n.json", "kind": "metrics" } }
          }
        },
        "outputs": { "n": { "from": "count.n" }, "text": { "from": "copy.text" } }
      }
      """;

  @TempDir Path folder;
  private Shell shell;

  @BeforeEach
  void writePipeline() throws IOException {
    shell = new Shell(folder);
    shell.file("p.json", TWO_STEPS);
    shell.file("in.txt", "hello\n");
  }

  @Test
  void runsAndPutsTheOutputsBesideTheState() throws IOException {
    Done done = shell.millrace("run", "p.json");
    assertEquals("", done.err());
    assertEquals(ExitCode.OK, done.exitCode());
    assertTrue(done.out().contains("2 tasks run"), done.out());
    assertTrue(done.out().contains("n: .millrace/outputs/two/n.json\n  {\"n\":1}"), done.out());
    assertEquals("hello\n", shell.read(".millrace/outputs/two/text.txt"));
  }

  @Test
  void saysThatNothingChanged() {
    shell.millrace("run", "p.json");
    Done again = shell.millrace("run", "p.json");
    assertEquals(ExitCode.OK, again.exitCode());
    assertTrue(again.out().contains("nothing changed: all 2 tasks came from the cache"));
  }

  @Test
  void aParameterRerunsOnlyWhatDependsOnIt() {
    shell.millrace("run", "p.json");
    Done again = shell.millrace("run", "p.json", "--param", "n=2");
    assertTrue(again.out().contains("1 task run, 1 from the cache"), again.out());
    assertTrue(again.out().contains("{\"n\":2}"), again.out());
  }

  @Test
  void parametersComeFromAFileToo() throws IOException {
    shell.file("params.json", "{\"n\": 7}");
    Done done = shell.millrace("run", "p.json", "--params-file=params.json");
    assertTrue(done.out().contains("{\"n\":7}"), done.out());
    Done typed = shell.millrace("run", "p.json", "--params-file=params.json", "--param", "n=8");
    assertTrue(typed.out().contains("{\"n\":8}"), typed.out());
  }

  @Test
  void refreshRunsEverythingAgain() {
    shell.millrace("run", "p.json");
    Done again = shell.millrace("run", "p.json", "--refresh");
    assertTrue(again.out().contains("2 tasks run"), again.out());
  }

  @Test
  void writesOutputsWhereItIsTold() throws IOException {
    shell.millrace("run", "p.json", "--out", "results");
    assertEquals("hello\n", shell.read("results/text.txt"));
    shell.file("in.txt", "other\n");
    shell.millrace("run", "p.json", "--out", "results");
    assertEquals("other\n", shell.read("results/text.txt"));
    try (var entries = Files.list(folder)) {
      assertEquals(4, entries.count(), "nothing is left beside the outputs");
    }
  }

  @Test
  void neverReplacesAFolderOfTheUsers() throws IOException {
    shell.file("mine/precious.txt", "keep");
    Done done = shell.millrace("run", "p.json", "--out", "mine");
    assertEquals(ExitCode.BAD_INPUT, done.exitCode());
    assertTrue(done.err().contains("mine holds files that are not outputs"), done.err());
    assertEquals("keep", shell.read("mine/precious.txt"));
  }

  @Test
  void showsWhatAFailedStepWroteAndWhatToDo() throws IOException {
    shell.file(
        "bad.json",
        """
        {
          "version": 1, "name": "bad",
          "steps": {
            "first": { "script": "echo to out; echo the reason >&2; exit 3" },
            "second": { "script": "true", "needs": ["first"] }
          }
        }
        """);
    Done done = shell.millrace("run", "bad.json");
    assertEquals(ExitCode.FAILED, done.exitCode());
    assertTrue(done.out().contains("first failed: exit code 3"), done.out());
    assertTrue(done.out().contains("  | the reason\n"), done.out());
    assertFalse(done.out().contains("  | to out"), done.out());
    assertTrue(done.out().contains("millrace logs "), done.out());
    assertTrue(done.lastLine().contains("1 skipped, 1 failed"), done.out());
  }

  @Test
  void refusesABadDocumentWithAllItsProblems() throws IOException {
    shell.file("bad.json", "{\n  \"version\": 1,\n  \"name\": \"x\",\n  \"stepz\": {}\n}\n");
    Done done = shell.millrace("run", "bad.json", "--param", "q=1");
    assertEquals(ExitCode.BAD_INPUT, done.exitCode());
    assertTrue(done.err().contains("bad.json:4:3: "), done.err());
    assertTrue(done.err().contains("[unknown-param]"), done.err());
    assertFalse(Files.exists(folder.resolve(".millrace")));
  }

  @Test
  void namesAMissingFile() throws IOException {
    Files.delete(folder.resolve("in.txt"));
    Done done = shell.millrace("run", "p.json");
    assertEquals(ExitCode.BAD_INPUT, done.exitCode());
    assertTrue(done.err().contains("in.txt"), done.err());
  }

  @Test
  void everyLineOfJsonIsAnObjectAndTheLastOneASummary() {
    Done done = shell.millrace("run", "p.json", "--json");
    List<JsonObject> events = done.objects();
    assertEquals(new JsonString("run"), events.getFirst().get("type"));
    JsonObject summary = events.getLast();
    assertEquals(new JsonString("summary"), summary.get("type"));
    assertEquals(new JsonString("succeeded"), summary.get("status"));
    JsonObject tasks = (JsonObject) summary.get("tasks");
    assertTrue(tasks != null && new JsonNumber(2).equals(tasks.get("run")), done.out());
    assertTrue(
        events.stream()
            .anyMatch(
                event ->
                    new JsonString("succeeded").equals(event.get("type"))
                        && new JsonString("count").equals(event.get("task"))));
  }

  @Test
  void givesSecretsToStepsThatDeclareThem() throws IOException {
    shell.file(
        "secret.json",
        """
        {
          "version": 1, "name": "secret",
          "steps": { "use": { "script": "test \\"$KEY\\" = hidden; echo \\"$KEY\\"; false",
                              "secrets": ["KEY"] } }
        }
        """);
    Done done = shell.with("KEY", "hidden").millrace("run", "secret.json", "--secret", "KEY");
    assertTrue(done.out().contains("  | ***"), done.out());
    Done missing = shell.millrace("run", "secret.json", "--secret", "OTHER_KEY");
    assertEquals(ExitCode.BAD_INPUT, missing.exitCode());
  }

  @Test
  void stateIsThatOfTheNearestFolderUpwards() throws IOException {
    Files.createDirectory(folder.resolve(".millrace"));
    shell.file("sub/deep/p.json", TWO_STEPS);
    shell.file("sub/deep/in.txt", "x");
    Done done = shell.millrace("run", "sub/deep/p.json");
    assertEquals(ExitCode.OK, done.exitCode(), done.err());
    assertTrue(Files.exists(folder.resolve(".millrace/outputs/two/n.json")));
    assertFalse(Files.exists(folder.resolve("sub/deep/.millrace")));
  }
}

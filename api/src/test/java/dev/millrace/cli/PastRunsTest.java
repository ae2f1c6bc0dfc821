package dev.millrace.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.cli.Shell.Done;
import dev.millrace.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that look at what was run before. */
class PastRunsTest {
  private static final String SWEEP =
      """
      {
        "version": 1,
        "name": "sweep",
        "params": { "bonus": { "type": "integer", "default": 0 } },
        "steps": {
          "clean": {
            "script": "tr a-z A-Z < inputs/raw > clean.txt; echo cleaning; echo careful >&2",
            "inputs": { "raw": { "path": "raw.txt" } },
            "outputs": { "table": { "path": "clean.txt" } }
          },
          "train": {
            "matrix": { "depth": [1, 2, 3] },
            "script": "echo \\"{\\\\\\"score\\\\\\": $((${{ matrix.depth }} * 10 + ${{ params.bonus }}))}\\" > m.json",
            "inputs": { "table": { "from": "clean.table" } },
            "outputs": { "metrics": { "path": "m.json", "kind": "metrics" } }
          },
          "gather": {
            "script": "cat inputs/all/*/m.json inputs/all/*.json > all.txt 2>/dev/null || true",
            "inputs": { "all": { "from": "train.metrics" } },
            "outputs": { "all": { "path": "all.txt" } }
          }
        },
        "outputs": { "all": { "from": "gather.all" } }
      }
      """;

  @TempDir Path folder;
  private Shell shell;

  @BeforeEach
  void runOnce() throws IOException {
    shell = new Shell(folder);
    shell.file("sweep.json", SWEEP);
    shell.file("raw.txt", "one\n");
    Done done = shell.millrace("run", "sweep.json", "--label", "try=first");
    assertEquals(ExitCode.OK, done.exitCode(), done.out() + done.err());
  }

  @Test
  void listsRunsByLabel() {
    shell.millrace("run", "sweep.json", "--label", "try=second");
    Done all = shell.millrace("runs");
    assertEquals(3, all.lines().size(), all.out());
    assertTrue(all.lines().get(1).contains("try=second"), all.out());
    Done first = shell.millrace("runs", "--label", "try=first", "--json");
    assertEquals(1, first.objects().size());
    assertEquals("no such runs\n", shell.millrace("runs", "--pipeline", "other").out());
  }

  @Test
  void showsARunAndATaskOfIt() {
    Done run = shell.millrace("show");
    assertTrue(run.out().contains("train[depth=2]  succeeded"), run.out());
    assertTrue(run.out().contains("params    bonus=0"), run.out());
    Done task = shell.millrace("show", "--task", "train[depth=2]");
    assertTrue(task.out().contains("metric    score = 20"), task.out());
    assertTrue(task.out().contains("millrace logs "), task.out());
    assertEquals(5, shell.millrace("show", "--json").objects().size());
  }

  @Test
  void saysWhichTasksAStepHas() {
    Done done = shell.millrace("show", "--task", "train");
    assertEquals(ExitCode.BAD_INPUT, done.exitCode());
    assertTrue(done.err().contains("'train[depth=1]'"), done.err());
    Done typo = shell.millrace("show", "--task", "claen");
    assertTrue(typo.err().contains("did you mean \"clean\"?"), typo.err());
  }

  @Test
  void explainNamesTheFileThatChanged() throws IOException {
    shell.file("raw.txt", "two\n");
    shell.millrace("run", "sweep.json");
    Done all = shell.millrace("explain");
    assertTrue(all.out().contains("clean ran: changed: inputs/raw\n"), all.out());
    Done one = shell.millrace("explain", "clean");
    assertTrue(one.out().contains("  inputs/raw: "), one.out());
    assertTrue(one.out().contains(" -> "), one.out());
  }

  @Test
  void explainTellsWhoseResultWasTaken() {
    String first = Shell.text(shell.millrace("runs", "--json").objects().getFirst(), "run");
    shell.millrace("run", "sweep.json");
    Done done = shell.millrace("explain", "latest", "clean");
    assertTrue(
        done.out().startsWith("clean came from the cache: made by run " + first), done.out());
  }

  @Test
  void logsAreWhatTheTaskWrote() {
    assertEquals("cleaning\n", shell.millrace("logs", "clean", "--stdout").out());
    assertEquals("careful\n", shell.millrace("logs", "latest", "clean", "--stderr").out());
    assertEquals("cleaning\n---- stderr ----\ncareful\n", shell.millrace("logs", "clean").out());
  }

  @Test
  void comparesTheTasksOfAMatrix() {
    Done done = shell.millrace("compare");
    assertEquals(
        List.of("depth  score", "    3     30", "    2     20", "    1     10"), done.lines());
    Done ascending = shell.millrace("compare", "--metric", "score", "--ascending");
    assertEquals("    1     10", ascending.lines().get(1));
    assertTrue(shell.millrace("compare", "--metric", "scor").err().contains("\"score\"?"));
  }

  @Test
  void comparesRunsByWhatTheyDifferIn() {
    shell.millrace("run", "sweep.json", "--param", "bonus=5");
    List<String> ids =
        shell.millrace("runs", "--json").objects().stream()
            .map(run -> Shell.text(run, "run"))
            .toList();
    Done done = shell.millrace("compare", ids.get(0), ids.get(1));
    assertEquals(7, done.lines().size(), done.out());
    assertTrue(done.lines().getFirst().contains("bonus  depth  score"), done.out());
    assertTrue(done.lines().get(1).endsWith("5      3     35"), done.out());
  }

  @Test
  void lineageGoesBackToTheSources() {
    Done done = shell.millrace("lineage", ".millrace/outputs/sweep/all.txt");
    assertTrue(done.out().contains("by gather in run "), done.out());
    assertTrue(done.out().contains("by train[depth=2] in run "), done.out());
    assertTrue(done.out().contains("inputs/raw"), done.out());
    assertTrue(done.out().contains("your raw.txt"), done.out());
    assertTrue(done.out().contains("had the parameters bonus=0"), done.out());
    Done foreign = shell.millrace("lineage", "sweep.json");
    assertEquals(ExitCode.BAD_INPUT, foreign.exitCode());
    Done json = shell.millrace("lineage", ".millrace/outputs/sweep/all.txt", "--json");
    String digest = Shell.text(json.objects().getFirst(), "digest");
    assertTrue(shell.millrace("lineage", digest.substring(0, 20)).out().contains("by gather"));
  }

  @Test
  void aDamagedStoreHealsAtTheNextRun() throws IOException {
    Path blob = blobOf("clean");
    Files.delete(blob);
    Done verify = shell.millrace("cache", "verify");
    assertEquals(ExitCode.FAILED, verify.exitCode());
    assertTrue(verify.out().contains("incomplete: the result of sweep/clean"), verify.out());
    Done deleted = shell.millrace("run", "sweep.json");
    assertTrue(deleted.out().contains("1 task run, 4 from the cache"), deleted.out());
    blob.toFile().setWritable(true);
    Files.writeString(blob, "xxx\n");
    assertTrue(shell.millrace("cache", "verify").out().contains("corrupt, put aside"));
    Done corrupt = shell.millrace("run", "sweep.json");
    assertTrue(corrupt.out().contains("1 task run, 4 from the cache"), corrupt.out());
    assertEquals(ExitCode.OK, shell.millrace("cache", "verify").exitCode());
  }

  private Path blobOf(String task) {
    JsonObject shown = shell.millrace("show", "--task", task, "--json").objects().getFirst();
    String hex = Shell.text(shown, "result", "outputs", "table", "digest").substring(7);
    return folder
        .resolve(".millrace/store/blobs")
        .resolve(hex.substring(0, 2))
        .resolve(hex.substring(2));
  }

  @Test
  void collectionKeepsRecentRunsAndDropsTheRest() throws IOException {
    shell.file("raw.txt", "two\n");
    shell.millrace("run", "sweep.json");
    Done dry = shell.millrace("cache", "gc", "--max-size", "0", "--keep-runs", "1", "--dry-run");
    assertTrue(dry.out().startsWith("would delete "), dry.out());
    Done gc = shell.millrace("cache", "gc", "--max-size", "0", "--keep-runs", "1");
    assertEquals(
        dry.out().replace("would delete", "deleted").replace("would stay", "stay"), gc.out());
    Done again = shell.millrace("run", "sweep.json");
    assertTrue(again.out().contains("nothing changed: all 5 tasks"), again.out());
    assertTrue(shell.millrace("cache", "stats").out().contains("results"));
  }

  @Test
  void saysWhereNothingWasRun() throws IOException {
    Path elsewhere = Files.createTempDirectory("millrace-empty");
    Done done = new Shell(elsewhere).millrace("runs");
    assertEquals(ExitCode.BAD_INPUT, done.exitCode());
    assertTrue(done.err().contains("millrace run FILE"), done.err());
    Files.delete(elsewhere);
  }

  @Test
  void readsTheRunOfAFileThatLiesElsewhere() throws IOException {
    Path other = Files.createTempFile("millrace", ".txt");
    shell.file(
        "param.json",
        """
        {
          "version": 1, "name": "param",
          "params": { "data": { "type": "file" } },
          "steps": { "use": { "script": "cat inputs/d", "inputs": { "d": { "param": "data" } } } }
        }
        """);
    Done run = shell.millrace("run", "param.json", "--param", "data=" + other);
    assertEquals(ExitCode.OK, run.exitCode(), run.err());
    Done show = shell.millrace("show");
    assertEquals(ExitCode.OK, show.exitCode(), show.err());
    Files.delete(other);
  }
}

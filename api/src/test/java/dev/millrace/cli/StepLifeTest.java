package dev.millrace.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.cli.Shell.Done;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a document can say about the life of its steps, as its user sees it happen. */
@Timeout(120)
class StepLifeTest {
  @TempDir Path folder;
  private Shell shell;

  @BeforeEach
  void makeShell() {
    shell = new Shell(folder);
  }

  /** Runs a pipeline of those steps; {@code FOLDER} stands for the folder of the test. */
  private Done run(String steps, String... options) throws IOException {
    shell.file(
        "p.json",
        "{\"version\": 1, \"name\": \"life\", \"steps\": "
            + steps.replace("FOLDER", folder.toString())
            + "}");
    String[] words = new String[options.length + 2];
    words[0] = "run";
    words[1] = "p.json";
    System.arraycopy(options, 0, words, 2, options.length);
    return shell.millrace(words);
  }

  private String statusOf(String task) {
    return Shell.text(
        shell.millrace("show", "--task", task, "--json").objects().getFirst(), "status");
  }

  private static final String FAN_OUT =
      """
      {
        "list": { "script": "cp FOLDER/list.json list.json",
                  "cache": "off",
                  "outputs": { "l": { "path": "list.json", "kind": "json" } } },
        "each": { "forEach": { "from": "list.l" },
                  "script": "echo ${{ item }} > out", "outputs": { "o": "out" } },
        "twice": { "forEach": { "step": "each" },
                   "script": "cat inputs/o inputs/o > out",
                   "inputs": { "o": { "from": "each.o" } }, "outputs": { "o": "out" } },
        "all": { "script": "cat inputs/all/* > FOLDER/all",
                 "inputs": { "all": { "from": "twice.o" } } }
      }
      """;

  @Test
  void aListMadeInTheRunFansOut() throws IOException {
    shell.file("list.json", "[\"a\", \"b\"]");
    Done two = run(FAN_OUT);
    assertEquals(ExitCode.OK, two.exitCode(), two.out() + two.err());
    assertTrue(two.out().contains("6 tasks run"), two.out());
    assertTrue(shell.read("all").startsWith("a\na\nb\nb\n"), shell.read("all"));
    shell.file("list.json", "[\"b\", \"c\", \"a\"]");
    Done three = run(FAN_OUT);
    assertTrue(three.out().contains("4 tasks run, 4 from the cache"), three.out());
    shell.file("list.json", "[]");
    Done none = run(FAN_OUT);
    assertEquals(ExitCode.OK, none.exitCode(), none.out());
    shell.file("list.json", "{}");
    Done noList = run(FAN_OUT);
    assertEquals(ExitCode.FAILED, noList.exitCode(), noList.out());
  }

  @Test
  void conditionsAndCleanUpStepsDecideWhatRuns() throws IOException {
    String steps =
        """
        {
          "make": { "script": "echo '{\\"good\\": RESULT}' > r.json; exit CODE",
                    "outputs": { "r": { "path": "r.json", "kind": "json" } } },
          "publish": { "needs": ["make"], "when": "steps.make.outputs.r.good", "script": "true" },
          "below": { "needs": ["publish"], "script": "echo below" },
          "alarm": { "needs": ["make"], "on": "failure", "script": "echo alarm" },
          "clean": { "needs": ["make"], "on": "always", "cache": "off",
                     "script": "echo ${{ steps.make.status }} >> FOLDER/cleaned" }
        }
        """;
    run(steps.replace("RESULT", "false").replace("CODE", "0"));
    assertEquals(
        List.of("skipped", "skipped", "skipped", "succeeded"),
        List.of(statusOf("publish"), statusOf("below"), statusOf("alarm"), statusOf("clean")));
    run(steps.replace("RESULT", "true").replace("CODE", "0"));
    assertEquals(
        List.of("succeeded", "succeeded", "skipped", "succeeded"),
        List.of(statusOf("publish"), statusOf("below"), statusOf("alarm"), statusOf("clean")));
    Done failed = run(steps.replace("RESULT", "true").replace("CODE", "1"));
    assertEquals(ExitCode.FAILED, failed.exitCode());
    assertEquals(
        List.of("skipped", "skipped", "succeeded", "succeeded"),
        List.of(statusOf("publish"), statusOf("below"), statusOf("alarm"), statusOf("clean")));
    assertEquals("succeeded\nsucceeded\nfailed\n", shell.read("cleaned"));
  }

  @Test
  void onlyTheKindsOfFailureThatAreNamedAreTriedAgain() throws IOException {
    Done done =
        run(
            """
            {
              "times": { "script": "echo x >> FOLDER/times; sleep 30", "timeout": 0.3,
                         "retry": { "attempts": 2, "on": ["timeout"], "delay": 0.01 } },
              "fails": { "script": "echo x >> FOLDER/fails; exit 1",
                         "retry": { "attempts": 3, "on": ["timeout"], "delay": 0.01 } },
              "heals": { "script": "echo x >> FOLDER/heals; test $(wc -l < FOLDER/heals) -ge 3",
                         "retry": { "attempts": 3, "delay": 0.01 } }
            }
            """);
    assertEquals(ExitCode.FAILED, done.exitCode(), done.err());
    assertEquals("x\nx\n", shell.read("times"));
    assertEquals("x\n", shell.read("fails"));
    assertEquals("x\nx\nx\n", shell.read("heals"));
    assertEquals("succeeded", statusOf("heals"));
    assertTrue(done.out().contains("times failed (timeout) at attempt 2: timeout of "), done.out());
    assertTrue(done.out().contains("it will be tried again"), done.out());
  }

  @Test
  void resourcesMayGrowWithTheAttempt() throws IOException {
    String steps =
        """
        {
          "grows": { "script": "echo x >> FOLDER/grows; exit 1",
                     "resources": { "memory": "${{ attempt * 512 }}Mi" },
                     "retry": { "attempts": 3, "delay": 0.01 } }
        }
        """;
    Done enough = run(steps, "--resource", "memory=2Gi");
    assertEquals("x\nx\nx\n", shell.read("grows"));
    assertTrue(enough.out().contains("grows failed at attempt 3: exit code 1"), enough.out());
    Files.delete(folder.resolve("grows"));
    Done little = run(steps, "--resource", "memory=1Gi", "--label", "a=little");
    assertEquals("x\nx\n", shell.read("grows"), "the third attempt needs more than there is");
    assertEquals(ExitCode.FAILED, little.exitCode());
    assertTrue(little.out().contains("(resources)"), little.out());
    assertTrue(little.out().contains("memory"), little.out());
  }

  @Test
  void aPoolLimitsHowManyRunAtOnceAndPrioritySaysInWhichOrder() throws IOException {
    String one =
        """
        "STEP": { "pool": "db", "priority": PRIORITY,
                  "script": "mkdir FOLDER/busy; echo STEP >> FOLDER/order; sleep 0.05; rmdir FOLDER/busy" }
        """;
    String steps =
        "{"
            + one.replace("STEP", "low").replace("PRIORITY", "-1")
            + ","
            + one.replace("STEP", "mid").replace("PRIORITY", "0")
            + ","
            + one.replace("STEP", "high").replace("PRIORITY", "7")
            + "}";
    Done done = run(steps, "--resource", "pool:db=1", "--jobs", "3");
    assertEquals(ExitCode.OK, done.exitCode(), "two ran at once: " + done.out() + done.err());
    assertEquals("high\nmid\nlow\n", shell.read("order"));
    Done unknown = run(steps, "--refresh");
    assertEquals(ExitCode.FAILED, unknown.exitCode());
    assertTrue(unknown.out().contains("pool:db"), unknown.out());
  }

  @Test
  void aStepMayRefuseTheCacheOrOverwriteIt() throws IOException {
    String steps =
        """
        {
          "fresh": { "cache": "refresh", "script": "echo x >> FOLDER/fresh; echo 1 > o",
                     "outputs": { "o": "o" } },
          "below": { "script": "echo x >> FOLDER/below; cat inputs/o",
                     "inputs": { "o": { "from": "fresh.o" } } },
          "never": { "cache": "off", "script": "echo x >> FOLDER/never" }
        }
        """;
    run(steps);
    Done again = run(steps);
    assertEquals(ExitCode.OK, again.exitCode(), again.err());
    assertEquals("x\nx\n", shell.read("fresh"));
    assertEquals("x\n", shell.read("below"), "what it reads came out the same");
    assertEquals("x\nx\n", shell.read("never"));
    assertTrue(shell.millrace("explain").out().contains("never ran: its cache is off"));
    assertFalse(again.out().contains("differ"), again.out());
  }

  @Test
  void whatIsNotDeterministicIsShownWherePeopleLook() throws IOException {
    String steps =
        """
        { "dice": { "script": "cat /proc/sys/kernel/random/uuid > o", "outputs": { "o": "o" } } }
        """;
    run(steps);
    Done verified = run(steps, "--verify");
    assertTrue(verified.out().contains("dice is not deterministic: o differs"), verified.out());
    assertTrue(shell.millrace("show").out().contains("differ    1 result"));
    assertTrue(shell.millrace("show", "--task", "dice").out().contains("differs   it is not"));
    assertTrue(shell.millrace("explain").out().contains("is not deterministic"));
    assertTrue(shell.millrace("explain", "dice").out().contains("is not deterministic"));
  }

  @Test
  void equalTasksOfOneRunRunOnce() throws IOException {
    Done done =
        run(
            """
            {
              "twin": { "forEach": { "values": [1, 2, 3] },
                        "script": "echo x >> FOLDER/twins; sleep 0.1" }
            }
            """);
    assertEquals(ExitCode.OK, done.exitCode(), done.err());
    assertEquals("x\n", shell.read("twins"));
    assertTrue(done.out().contains("1 task run, 2 from the cache"), done.out());
  }
}

package dev.millrace.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.cli.Shell.Done;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CliTest {
  @TempDir Path folder;
  private Shell shell;

  @BeforeEach
  void makeShell() {
    shell = new Shell(folder);
  }

  @Test
  void helpListsEveryCommandAndTheExitCodes() {
    Done help = shell.millrace("help");
    assertEquals(ExitCode.OK, help.exitCode());
    for (String name : Verbs.NAMES) {
      assertTrue(help.out().contains("  " + name + " "), name);
      Done about = shell.millrace(("help " + name).split(" "));
      assertEquals(ExitCode.OK, about.exitCode(), name);
      assertTrue(about.out().contains("Usage: millrace " + name), about.out());
    }
    assertTrue(help.out().contains("130"));
    assertEquals(ExitCode.BAD_INPUT, shell.millrace().exitCode());
  }

  @Test
  void everyNameIsACommand() {
    for (String name : Verbs.NAMES) {
      Verb verb = Verbs.of(name);
      assertTrue(verb != null && verb.syntax().command().equals(name), name);
    }
  }

  @Test
  void guessesWhatWasMeant() {
    Done done = shell.millrace("rum", "x");
    assertEquals(ExitCode.BAD_INPUT, done.exitCode());
    assertTrue(done.err().contains("did you mean \"run\"?"), done.err());
    Done option = shell.millrace("run", "x", "--parm", "a=1");
    assertTrue(option.err().contains("did you mean \"--param\"?"), option.err());
  }

  @Test
  void saysWhatACommandLineLacks() {
    assertTrue(shell.millrace("run").err().contains("needs FILE"));
    assertTrue(shell.millrace("run", "x", "--out").err().contains("--out DIR"));
    assertTrue(shell.millrace("run", "x", "y").err().contains("no use for \"y\""));
    assertTrue(shell.millrace("run", "x", "--json=1").err().contains("takes no value"));
    assertTrue(shell.millrace("run", "x", "--verify=2").err().contains("from 0 to 1, not \"2\""));
    assertTrue(shell.millrace("run", "x", "--param", "a").err().contains("--param NAME=VALUE"));
    assertTrue(shell.millrace("run", "none.json").err().contains("there is no file none.json"));
  }

  @Test
  void completionIsAScriptThatKnowsTheOptions() {
    Done done = shell.millrace("completion");
    assertTrue(done.out().contains("--params-file"), done.out());
  }

  @Test
  void validateTellsAllProblemsAsJson() throws IOException {
    shell.file("bad.json", "{\"version\": 1, \"name\": \"x\", \"steps\": {\"a\": {}, \"b\": {}}}");
    Done done = shell.millrace("validate", "bad.json", "--json");
    assertEquals(ExitCode.BAD_INPUT, done.exitCode());
    assertTrue(done.objects().size() >= 2, done.out());
  }

  @Test
  void validateAndGraphTakeAGoodDocument() throws IOException {
    shell.file("p.json", RunVerbTest.TWO_STEPS);
    shell.file("in.txt", "");
    Done valid = shell.millrace("validate", "p.json");
    assertEquals("p.json is valid: 2 steps, 2 tasks\n", valid.out());
    assertTrue(shell.millrace("graph", "p.json").out().contains("copy.text"));
    assertTrue(
        shell.millrace("graph", "p.json", "--format", "mermaid").out().startsWith("flowchart"));
  }

  @Test
  void theExecutorThatRunsNothingIsUnknownUnlessAskedFor() throws IOException {
    String step = "{\"command\": [\"true\"], \"executor\": \"null\"}";
    shell.file("n.json", "{\"version\": 1, \"name\": \"n\", \"steps\": {\"a\": " + step + "}}");
    Done refused = shell.millrace("validate", "n.json");
    assertEquals(ExitCode.BAD_INPUT, refused.exitCode());
    String said = refused.out() + refused.err();
    assertTrue(said.contains("there is no executor \"null\"; installed are: docker, local"), said);
    System.setProperty("millrace.executors.null", "true");
    try {
      assertEquals(ExitCode.OK, shell.millrace("validate", "n.json").exitCode());
    } finally {
      System.clearProperty("millrace.executors.null");
    }
  }

  @Test
  void noErrorShowsATraceUnlessAsked() {
    Done done = shell.millrace("run", "none.json");
    assertFalse(done.err().contains("  at "), done.err());
    Done debug = shell.with("MILLRACE_DEBUG", "1").millrace("run", "none.json");
    assertTrue(debug.err().contains("  at dev.millrace"), debug.err());
  }
}

package dev.millrace.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.cli.Shell.Done;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A command that a daemon carries out cannot be told from one that has a process of its own. */
@Timeout(180)
class DaemonTest {
  @TempDir Path folder;
  private LauncherTree tree;
  private Path project;
  private Shell shell;

  @BeforeEach
  void makeTree() throws IOException {
    tree = LauncherTree.make(Files.createDirectory(folder.resolve("tree")));
    project = Files.createDirectory(folder.resolve("project"));
    shell = new Shell(project);
    shell.file(
        "who.json",
        """
        { "version": 1, "name": "who",
          "steps": { "who": { "cache": "off", "script": "echo $MILLRACE_ENGINE > FOLDER/who; umask > FOLDER/umask" } } }
        """
            .replace("FOLDER", project.toString()));
  }

  @AfterEach
  void endDaemon() {
    tree.close();
  }

  /** Returns the process whose engine ran the step of {@code who.json} last. */
  private long lastEngine() throws IOException {
    return Long.parseLong(shell.read("who").split("-")[1]);
  }

  /** Starts a daemon, and returns its process. */
  private long daemon() throws IOException {
    Done first = tree.run(project, "run", "who.json");
    assertEquals(0, first.exitCode(), first.err());
    MillraceProcess.await("the daemon takes requests", () -> tree.daemon() != 0);
    assertEquals(tree.daemon(), lastEngine(), "the first command starts it, and is its first");
    return tree.daemon();
  }

  @Test
  void theFirstCommandStartsItTheNextUseIt() throws IOException {
    long daemon = daemon();
    for (int i = 0; i < 3; i++) {
      Files.delete(project.resolve("who"));
      assertEquals(0, tree.run(project, "run", "who.json").exitCode());
      assertEquals(daemon, lastEngine());
    }
    assertEquals(daemon, tree.daemon());
    assertNotEquals(daemon, lastEngineOf(Map.of("MILLRACE_DAEMON", "off")));
  }

  private long lastEngineOf(Map<String, String> variables) throws IOException {
    ProcessBuilder command = tree.command(project, "run", "who.json");
    command.environment().putAll(variables);
    Done done = LauncherTree.await(command.start());
    assertEquals(0, done.exitCode(), done.out() + done.err());
    return lastEngine();
  }

  @Test
  void theSameIsSeenWithAndWithoutIt() throws IOException {
    List<List<String>> commands =
        List.of(
            List.of("run", "p.json"),
            List.of("run", "p.json", "--json"),
            List.of("run", "fails.json"),
            List.of("run", "bad.json"),
            List.of("run", "none.json"),
            List.of("explain"),
            List.of("show"),
            List.of("runs", "--json"),
            List.of("logs", "says"),
            List.of("validate", "p.json"),
            List.of("validate", "bad.json"),
            List.of("graph", "p.json"),
            List.of("cache", "verify"),
            List.of("help"),
            List.of("run", "--help"),
            List.of("rum"),
            List.of("run", "p.json", "--param", "ä ö=\"$x\" '"),
            List.of());
    daemon();
    List<String> with = new ArrayList<>();
    List<String> without = new ArrayList<>();
    Path alone = projectOfMany("alone");
    Path together = projectOfMany("together");
    for (List<String> command : commands) {
      String[] words = command.toArray(String[]::new);
      without.add(command + seen(alone, tree.runAlone(alone, words)));
      with.add(command + seen(together, tree.run(together, words)));
    }
    assertEquals(String.join("\n\n", without), String.join("\n\n", with));
  }

  private Path projectOfMany(String name) throws IOException {
    Path made = Files.createDirectory(folder.resolve(name));
    Shell there = new Shell(made);
    there.file(
        "p.json",
        """
        { "version": 1, "name": "p",
          "steps": {
            "says": { "script": "echo text; echo problem >&2; umask; echo 1 > o", "outputs": { "o": "o" } },
            "reads": { "script": "cat inputs/o", "inputs": { "o": { "from": "says.o" } } } },
          "outputs": { "o": { "from": "says.o" } } }
        """);
    there.file(
        "fails.json",
        """
        { "version": 1, "name": "f", "steps": { "fails": { "script": "echo no >&2; exit 3" } } }
        """);
    there.file("bad.json", "{\"version\": 1, \"name\": \"x\", \"steps\": {\"a\": {}, \"b\": {}}}");
    return made;
  }

  /** Returns all that can be told apart but for times and names that are never the same. */
  private static String seen(Path made, Done done) {
    return (" -> " + done.exitCode() + "\n" + done.out() + "\n--\n" + done.err())
        .replace(made.toString(), "FOLDER")
        .replaceAll("\\d{8}-\\d{6}-\\d{3}[a-z]+", "RUN")
        .replaceAll("\\d\\d:\\d\\d:\\d\\d", "TIME")
        .replaceAll("\\d+\\.\\d+ s", "SECONDS")
        .replaceAll("\"(at|finished|milliseconds|[a-z]+Millis|maxRssBytes)\":-?\\d+", "$1")
        .replaceAll("\"[a-zA-Z]+\":\"?20\\d\\d-[^\",]*\"?", "DATE")
        .replaceAll("\\d{13}", "MILLIS");
  }

  @Test
  void whatWouldNotBeTheSameIsDoneWithoutIt() throws IOException {
    long daemon = daemon();
    assertNotEquals(daemon, lastEngineOf(Map.of("TZ", "Pacific/Auckland")));
    assertNotEquals(daemon, lastEngineOf(Map.of("DOCKER_HOST", "unix:///none")));
    assertNotEquals(daemon, lastEngineOf(Map.of("PATH", System.getenv("PATH") + ":.")));
    assertNotEquals(daemon, lastEngineOf(Map.of("JAVA_TOOL_OPTIONS", "-Dx=y")));
    assertEquals(daemon, lastEngineOf(Map.of("ANY", "thing")));
    for (String change :
        List.of(
            "umask 027", "ulimit -S -n 512", "exec >out", "exec 2>err", "trap '' HUP; umask 7")) {
      ProcessBuilder command =
          tree.shell(project, change + "; exec \"$0\" \"$@\"", "run", "who.json");
      assertEquals(0, LauncherTree.await(command.start()).exitCode(), change);
      assertNotEquals(daemon, lastEngine(), change);
    }
    ProcessBuilder same = tree.shell(project, "cd .; exec \"$0\" \"$@\"", "run", "who.json");
    assertEquals(0, LauncherTree.await(same.start()).exitCode());
    assertEquals(daemon, lastEngine());
    assertEquals(daemon, tree.daemon());
  }

  @Test
  void aBuildHasItsOwn() throws IOException {
    long former = daemon();
    tree.rebuild();
    MillraceProcess.await(
        "another daemon works",
        () -> {
          try {
            return lastEngineOf(Map.of()) != former && tree.daemon() != former;
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });
    MillraceProcess.await("the former ends", () -> !isAlive(former));
  }

  @Test
  void itCanBeStopped() throws IOException {
    long daemon = daemon();
    Done stop = tree.run(project, "daemon", "stop");
    assertEquals("the daemon (pid " + daemon + ") has ended", stop.out());
    assertFalse(isAlive(daemon));
    assertEquals("there is no daemon", tree.run(project, "daemon", "stop").out());
    assertNotEquals(daemon, daemon());
  }

  @Test
  void itEndsByItselfWhenNobodyNeedsIt() throws IOException {
    ProcessBuilder command = tree.command(project, "run", "who.json");
    command.environment().put("MILLRACE_DAEMON_IDLE", "1");
    assertEquals(0, LauncherTree.await(command.start()).exitCode());
    long daemon = lastEngine();
    MillraceProcess.await("it ends", () -> !isAlive(daemon));
    assertEquals(0, tree.daemon());
  }

  @Test
  void manyAtOnceAreAllServed() throws IOException {
    daemon();
    String help = tree.runAlone(project, "help").out();
    for (int round = 0; round < 5; round++) {
      List<Process> all = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        all.add(tree.command(project, "help").start());
      }
      for (Process one : all) {
        assertEquals(help, LauncherTree.await(one).out());
      }
    }
  }

  @Test
  void whoStartsAtOnceWithoutOneIsServedToo() throws IOException {
    String help = tree.runAlone(project, "help").out();
    List<Process> all = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      all.add(tree.command(project, "help").start());
    }
    for (Process one : all) {
      Done done = LauncherTree.await(one);
      assertEquals(0, done.exitCode());
      assertEquals(help, done.out());
      assertEquals("", done.err());
    }
  }

  @Test
  void aReaderThatIsGoneIsNoError() throws IOException {
    daemon();
    ProcessBuilder command =
        tree.shell(project, "{ \"$0\" \"$@\"; echo $? >code; } | true", "run", "who.json");
    Done done = LauncherTree.await(command.start());
    assertEquals("", done.err());
    MillraceProcess.await("it ends", () -> Files.exists(project.resolve("code")));
    assertTrue(tree.daemon() != 0);
  }

  /** A zombie only waits for its parent, which in a container may never look. */
  static boolean isAlive(long pid) {
    try {
      return !Files.readString(Path.of("/proc/" + pid + "/stat")).contains(") Z ");
    } catch (IOException e) {
      return false;
    }
  }
}

package dev.millrace.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.millrace.cli.Shell.Done;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What happens to a run of a daemon when its client, or the daemon, is told to go, or is gone. */
@Timeout(180)
class DaemonInterruptionTest {
  @TempDir Path folder;
  private LauncherTree tree;
  private Path project;
  private Shell shell;

  /** Its second step hangs until the file {@code go} is there; so does the one that always runs. */
  @BeforeEach
  void makeTree() throws IOException {
    tree = LauncherTree.make(Files.createDirectory(folder.resolve("tree")));
    project = Files.createDirectory(folder.resolve("project"));
    shell = new Shell(project);
    shell.file("hang.json", hanging(project));
    assertEquals(0, tree.run(project, "help").exitCode());
    MillraceProcess.await("the daemon takes requests", () -> tree.daemon() != 0);
  }

  private static String hanging(Path project) {
    return """
    { "version": 1, "name": "hang",
      "steps": {
        "first": { "script": "echo x >> FOLDER/count; echo 1 > out", "outputs": { "o": "out" } },
        "second": {
          "script": "echo $$ > FOLDER/pid.new; mv FOLDER/pid.new FOLDER/pid; while ! test -e FOLDER/go; do sleep 0.05; done",
          "inputs": { "o": { "from": "first.o" } } },
        "last": {
          "on": "always", "needs": ["second"],
          "script": "echo $$ > FOLDER/last; while ! test -e FOLDER/go; do sleep 0.05; done" } } }
    """
        .replace("FOLDER", project.toString());
  }

  @AfterEach
  void endDaemon() {
    tree.close();
  }

  private static long pidIn(Path file) {
    MillraceProcess.await("the step runs", () -> Files.exists(file) && !text(file).isEmpty());
    return Long.parseLong(text(file).strip());
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void goesOn() throws IOException {
    shell.file("go", "");
    Done again = tree.run(project, "run", "hang.json");
    assertEquals(0, again.exitCode(), again.out() + again.err());
    assertTrue(again.out().startsWith("continuing run "), again.out());
    assertEquals("x\n", shell.read("count"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"INT", "TERM"})
  void theFirstSignalCancelsTheSecondForces(String signal) throws Exception {
    long daemon = tree.daemon();
    Process client = tree.command(project, "run", "hang.json").start();
    long second = pidIn(project.resolve("pid"));
    LauncherTree.signal(client.pid(), signal);
    long last = pidIn(project.resolve("last"));
    MillraceProcess.await("the step is gone", () -> !DaemonTest.isAlive(second));
    LauncherTree.signal(client.pid(), signal);
    Done done = LauncherTree.await(client);
    assertEquals(ExitCode.CANCELLED, done.exitCode(), done.out() + done.err());
    assertTrue(done.out().contains("cancelled in "), done.out());
    MillraceProcess.await("no process is left", () -> !DaemonTest.isAlive(last));
    assertTrue(shell.millrace("runs").out().contains("cancelled"));
    assertEquals(daemon, tree.daemon());
  }

  @Test
  void aCommandThatHandlesNoSignalEndsLikeAnyProcess() throws Exception {
    Process run = tree.command(project, "run", "hang.json").start();
    pidIn(project.resolve("pid"));
    Process watch = tree.command(project, "watch", "latest").start();
    assertTrue(watch.inputReader().readLine().contains("run "));
    LauncherTree.signal(watch.pid(), "INT");
    assertEquals(130, LauncherTree.await(watch).exitCode());
    Process follow = tree.command(project, "logs", "second", "--follow").start();
    MillraceProcess.await("it is asked", () -> isTaken(follow));
    LauncherTree.signal(follow.pid(), "TERM");
    assertEquals(143, LauncherTree.await(follow).exitCode());
    shell.file("go", "");
    assertEquals(0, LauncherTree.await(run).exitCode());
  }

  /** Its descriptor 7 is the pipe for the answer; it is taken when the daemon has it open twice. */
  private static boolean isTaken(Process client) {
    return Files.exists(Path.of("/proc/" + client.pid() + "/fd/7"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"HUP", "KILL"})
  void whatAKilledClientHadBegunIsLeftAsIfTheProcessHadBeenKilled(String signal) throws Exception {
    assumeFalse(signal.equals("HUP") && ignoresHangups(), "SIGHUP is ignored here, as by nohup");
    long daemon = tree.daemon();
    Process client = tree.command(project, "run", "hang.json").start();
    long second = pidIn(project.resolve("pid"));
    LauncherTree.signal(client.pid(), signal);
    MillraceProcess.await("its step is gone", () -> !DaemonTest.isAlive(second));
    assertTrue(shell.millrace("runs").out().contains("running"), shell.millrace("runs").out());
    MillraceProcess.await("the state is free", () -> !isHeld());
    goesOn();
    assertEquals(daemon, tree.daemon());
  }

  /** What this process ignores, its children do. */
  private static boolean ignoresHangups() {
    for (String line : text(Path.of("/proc/self/status")).split("\n")) {
      if (line.startsWith("SigIgn:")) {
        return (Long.parseUnsignedLong(line.substring(7).strip(), 16) & 1) != 0;
      }
    }
    return false;
  }

  private boolean isHeld() {
    return text(project.resolve(".millrace/lock")).length() > 0;
  }

  @Test
  void whenTheDaemonIsKilledTheClientSaysSo() throws Exception {
    long daemon = tree.daemon();
    Process client = tree.command(project, "run", "hang.json").start();
    long second = pidIn(project.resolve("pid"));
    LauncherTree.signal(daemon, "KILL");
    Done done = LauncherTree.await(client);
    assertEquals(137, done.exitCode());
    assertTrue(
        done.err().contains("the daemon that carried out the command was killed"), done.err());
    MillraceProcess.await("its step is gone", () -> !DaemonTest.isAlive(second));
    goesOn();
  }

  @Test
  void aDaemonThatIsToldToGoCancelsWhatItCarriesOut() throws Exception {
    long daemon = tree.daemon();
    Process client = tree.command(project, "run", "hang.json").start();
    pidIn(project.resolve("pid"));
    LauncherTree.signal(daemon, "TERM");
    pidIn(project.resolve("last"));
    shell.file("go", "");
    assertEquals(ExitCode.CANCELLED, LauncherTree.await(client).exitCode());
    MillraceProcess.await("it ends", () -> !DaemonTest.isAlive(daemon));
  }

  @Test
  void twoCommandsShareItAndNoStateDirectory() throws Exception {
    Process client = tree.command(project, "run", "hang.json").start();
    pidIn(project.resolve("pid"));
    Done second = tree.run(project, "run", "hang.json");
    assertEquals(ExitCode.CANNOT_WORK, second.exitCode());
    assertTrue(second.err().contains("is running in this project"), second.err());
    assertTrue(second.err().contains("run hang.json"), second.err());
    assertEquals(
        second.err(), tree.runAlone(project, "run", "hang.json").err(), "as from a process");
    Path other = Files.createDirectory(folder.resolve("other"));
    new Shell(other).file("hang.json", hanging(other));
    new Shell(other).file("go", "");
    Done elsewhere = tree.run(other, "run", "hang.json");
    assertEquals(0, elsewhere.exitCode(), elsewhere.err());
    assertTrue(tree.run(project, "show").out().contains("second  running"));
    shell.file("go", "");
    assertEquals(0, LauncherTree.await(client).exitCode());
  }

  @Test
  void anEngineThatIsGoneIsNotTakenForOneThatWorks() throws Exception {
    Process client = tree.command(project, "run", "hang.json").start();
    pidIn(project.resolve("pid"));
    client.destroyForcibly();
    MillraceProcess.await("the state is free", () -> !isHeld());
    Done cancel = tree.runAlone(project, "cancel", "latest", "--force");
    assertTrue(cancel.out().endsWith(" is cancelled"), cancel.out() + cancel.err());
  }
}

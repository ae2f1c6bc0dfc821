package dev.millrace.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClientProcessTest {
  @TempDir Path folder;

  @BeforeEach
  void needsProc() {
    assumeTrue(Files.exists(Path.of("/proc/self/environ")), "needs /proc");
  }

  /** Starts a shell that waits for its stdin, when it has come so far that it can be looked at. */
  private Process shell(String script, Map<String, String> variables, String... words)
      throws IOException {
    List<String> command =
        new ArrayList<>(List.of("/bin/sh", "-c", script + "; echo; read -r line", "name"));
    command.addAll(List.of(words));
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().putAll(variables);
    Process process = builder.start();
    assertEquals("", process.inputReader().readLine());
    return process;
  }

  private static Likeness likeness(Process process) throws IOException {
    return ClientProcess.of(process.pid()).likeness();
  }

  @Test
  void showsWhatItWasAskedAndWhere() throws IOException, InterruptedException {
    Process process = shell(":", Map.of("A_B", "c=d\n", "EMPTY", ""), "run", "", "a b\n");
    ClientProcess client = ClientProcess.of(process.pid());
    assertEquals(List.of("run", "", "a b\n"), client.lastWords(3));
    assertEquals(List.of(), client.lastWords(0));
    assertThrows(IOException.class, () -> client.lastWords(99));
    assertEquals(folder.toRealPath(), client.directory());
    assertEquals("c=d\n", client.environment().get("A_B"));
    assertEquals("", client.environment().get("EMPTY"));
    assertTrue(client.isAlive());
    assertFalse(client.isStopped());
    process.destroyForcibly().waitFor();
    assertFalse(client.isAlive());
    assertThrows(IOException.class, () -> ClientProcess.of(process.pid()));
  }

  @Test
  void whatChildrenInheritMakesADifference() throws IOException {
    Likeness usual = likeness(shell(":", Map.of()));
    assertEquals(usual, likeness(shell("cd /", Map.of("OTHER", "x"), "word")));
    assertNotEquals(usual, likeness(shell("umask 7", Map.of())));
    assertNotEquals(usual, likeness(shell("ulimit -S -n 99", Map.of())));
    assertNotEquals(usual, likeness(shell(":", Map.of("TZ", "Asia/Tokyo"))));
    assertNotEquals(usual, likeness(shell(":", Map.of("LC_MESSAGES", "x"))));
    assertNotEquals(usual, likeness(shell(":", Map.of("MILLRACE_DOCKER_MOUNTS", "/x"))));
  }

  @Test
  void aSearchPathThatDependsOnTheDirectoryIsNotTaken() {
    for (String path : List.of("bin:/bin", "/bin::/usr/bin", "/bin:.", "/bin:")) {
      assertThrows(
          IOException.class, () -> ClientProcess.of(shell(":", Map.of("PATH", path)).pid()), path);
    }
  }
}

package dev.millrace.cli;

import dev.millrace.sandbox.SandboxRoot;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An attempt that runs on this machine, found by the environment of its processes: it names the
 * attempt and leads to its sandbox. So the engine need write nothing down for whoever may want to
 * look on. Where there is no {@code /proc}, nothing is found.
 */
final class RunningAttempt {
  private static final Path PROCESSES = Path.of("/proc");
  private static final String VARIABLE = "MILLRACE_ATTEMPT";

  private final String attempt;
  private final Path workspace;
  private final Map<String, String> environment;
  private Path process;

  private RunningAttempt(
      String attempt, Path workspace, Map<String, String> environment, Path process) {
    this.attempt = attempt;
    this.workspace = workspace;
    this.environment = environment;
    this.process = process;
  }

  /**
   * Looks for an attempt.
   *
   * @param state the state directory of its engine
   * @return null where no process of it can be seen
   */
  static @Nullable RunningAttempt find(Path state, String run, int task, int number)
      throws IOException {
    Path sandboxes = SandboxRoot.of(state);
    if (!Files.isDirectory(sandboxes)) {
      return null;
    }
    String attempt = run + "/" + task + "/" + number;
    Path real = sandboxes.toRealPath();
    for (Path process : processes()) {
      Map<String, String> environment = environment(process);
      Path workspace =
          attempt.equals(environment.get(VARIABLE)) ? workspace(environment, real) : null;
      if (workspace != null) {
        return new RunningAttempt(attempt, workspace, environment, process);
      }
    }
    return null;
  }

  private static List<Path> processes() {
    List<Path> processes = new ArrayList<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(PROCESSES, "[1-9]*")) {
      found.forEach(processes::add);
    } catch (IOException e) {
      // There is no such directory on this system.
    }
    return processes;
  }

  /** Returns the variables of a process; none of one that has ended, or is another user's. */
  private static Map<String, String> environment(Path process) {
    Map<String, String> variables = new HashMap<>();
    try {
      byte[] bytes = Files.readAllBytes(process.resolve("environ"));
      for (String pair : new String(bytes, StandardCharsets.UTF_8).split("\0")) {
        int equals = pair.indexOf('=');
        if (equals > 0) {
          variables.put(pair.substring(0, equals), pair.substring(equals + 1));
        }
      }
    } catch (IOException e) {
      // It is gone, or not ours to look at.
    }
    return variables;
  }

  /** A step may set one of these variables itself; not both, if it wants to see its sandbox. */
  private static @Nullable Path workspace(Map<String, String> environment, Path sandboxes) {
    for (String name : List.of("TMPDIR", "HOME")) {
      Path inside = Path.of(environment.getOrDefault(name, ""));
      if (inside.startsWith(sandboxes) && inside.getNameCount() > sandboxes.getNameCount() + 2) {
        Path engine = sandboxes.resolve(inside.getName(sandboxes.getNameCount()));
        return engine.resolve(inside.getName(sandboxes.getNameCount() + 1));
      }
    }
    return null;
  }

  /** Returns whether any of its processes runs. */
  synchronized boolean isAlive() {
    if (isOurs(process)) {
      return true;
    }
    for (Path other : processes()) {
      if (isOurs(other)) {
        process = other;
        return true;
      }
    }
    return false;
  }

  private boolean isOurs(Path candidate) {
    return attempt.equals(environment(candidate).get(VARIABLE));
  }

  /** Returns the file that its stdout goes to. */
  Path stdout() {
    return Path.of(workspace + ".stdout");
  }

  /** Returns the file that its stderr goes to. */
  Path stderr() {
    return Path.of(workspace + ".stderr");
  }

  /** Returns the value of a variable of its command; empty where it has none. */
  String variable(String name) {
    return environment.getOrDefault(name, "");
  }
}

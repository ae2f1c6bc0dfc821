package dev.millrace.executors.process;

import dev.millrace.executor.ExecutionRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * By what a process is known to belong to an attempt: its session, having been seen below the
 * leader, the mark in its environment, and what it holds of the attempt's files. A process that has
 * left the session, cleared its environment, left the sandbox and closed both outputs cannot be
 * told from a process of the engine's; only a container holds such a one.
 */
final class Traces {
  private static final int STDOUT = 1;
  private static final int STDERR = 2;

  private final long leader;
  private final byte[] mark;
  private final ExecutionRequest request;
  private final Set<ProcessName> seen = ConcurrentHashMap.newKeySet();

  /** Names a process for good, which its pid alone does not. */
  private record ProcessName(long pid, long startTicks) {}

  Traces(long leader, String mark, ExecutionRequest request) {
    this.leader = leader;
    this.mark = (EngineMark.VARIABLE + "=" + mark + '\0').getBytes(StandardCharsets.ISO_8859_1);
    this.request = request;
  }

  long leader() {
    return leader;
  }

  /** Notes a process that was seen below the leader. */
  void addSeen(ProcStat process) {
    seen.add(new ProcessName(process.pid(), process.startTicks()));
  }

  /**
   * Tells whether a process is of the attempt.
   *
   * @throws NoRoomException when that cannot be seen now
   */
  boolean isOf(ProcStat process) {
    return process.session() == leader
        || seen.contains(new ProcessName(process.pid(), process.startTicks()))
        || (!process.isZombie() && (isMarked(process.pid()) || holdsFiles(process.pid())));
  }

  private boolean isMarked(long pid) {
    byte[] environment = ProcFiles.read("/proc/" + pid + "/environ");
    return environment != null && contains(environment, mark);
  }

  private boolean holdsFiles(long pid) {
    Path process = Path.of("/proc/" + pid);
    return isInSandbox(process.resolve("cwd"))
        || isSame(process.resolve("fd/" + STDOUT), request.stdout())
        || isSame(process.resolve("fd/" + STDERR), request.stderr());
  }

  private boolean isInSandbox(Path link) {
    try {
      return Files.readSymbolicLink(link).startsWith(request.workingDirectory().toRealPath());
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean isSame(Path link, Path file) {
    try {
      return Files.isSameFile(link, file);
    } catch (IOException e) {
      return false;
    }
  }

  /** Both arrays are small, and the mark starts every variable that it could be found in. */
  static boolean contains(byte[] text, byte[] part) {
    int last = text.length - part.length;
    for (int at = 0; at <= last; at++) {
      if ((at == 0 || text[at - 1] == 0)
          && Arrays.equals(text, at, at + part.length, part, 0, part.length)) {
        return true;
      }
    }
    return false;
  }
}

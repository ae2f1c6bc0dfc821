package dev.millrace.executors.process;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What {@code /proc/<pid>/stat} says of a process; see proc_pid_stat(5).
 *
 * @param state one letter; Z for a zombie
 * @param startTicks when it started, in clock ticks since boot: with the pid it names a process for
 *     good
 */
record ProcStat(long pid, char state, long parent, long group, long session, long startTicks) {

  /**
   * Returns the state of a process, or null when there is none or no {@code /proc}.
   *
   * @throws NoRoomException when no file at all can be opened now
   */
  static @Nullable ProcStat read(long pid) {
    byte[] bytes = ProcFiles.read("/proc/" + pid + "/stat");
    return bytes == null ? null : parse(pid, new String(bytes, StandardCharsets.ISO_8859_1));
  }

  /**
   * The name in parentheses may hold anything, blanks and parentheses too: fields count after it.
   */
  static ProcStat parse(long pid, String line) {
    String[] fields = line.substring(line.lastIndexOf(')') + 2).strip().split(" ");
    return new ProcStat(
        pid,
        fields[0].charAt(0),
        Long.parseLong(fields[1]),
        Long.parseLong(fields[2]),
        Long.parseLong(fields[3]),
        Long.parseLong(fields[19]));
  }

  boolean isZombie() {
    return state == 'Z' || state == 'X';
  }
}

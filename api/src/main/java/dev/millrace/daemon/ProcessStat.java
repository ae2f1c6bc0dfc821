package dev.millrace.daemon;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What {@code /proc/PID/stat} says of a process.
 *
 * @param state a letter, see proc(5)
 * @param nice its priority
 * @param startTicks when it started, in clock ticks since boot
 */
record ProcessStat(char state, String nice, long startTicks) {
  private static final int NICE = 19;
  private static final int START = 22;

  /** Returns null where there is no such process. */
  static @Nullable ProcessStat of(long pid) {
    try {
      byte[] bytes = Files.readAllBytes(Path.of("/proc/" + pid + "/stat"));
      String text = new String(bytes, StandardCharsets.ISO_8859_1);
      // The name before may have spaces and parentheses; what follows begins with field 3.
      String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ", -1);
      return new ProcessStat(
          fields[0].charAt(0), fields[NICE - 3], Long.parseLong(fields[START - 3].strip()));
    } catch (IOException | IndexOutOfBoundsException | NumberFormatException e) {
      return null;
    }
  }

  /** Returns whether it has ended, though its parent has not looked yet. */
  boolean isZombie() {
    return state == 'Z' || state == 'X';
  }

  /** Returns whether it was stopped, as by Ctrl-Z. */
  boolean isStopped() {
    return state == 'T' || state == 't';
  }
}

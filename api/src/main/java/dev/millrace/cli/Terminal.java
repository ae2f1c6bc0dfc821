package dev.millrace.cli;

import java.io.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What stdout can show.
 *
 * @param interactive whether it is a terminal whose cursor can be moved
 * @param unicode whether it takes more than ASCII
 * @param colour whether colours are wanted, see no-color.org
 */
record Terminal(boolean interactive, boolean unicode, boolean colour) {

  /** A file or a pipe. */
  static final Terminal NONE = new Terminal(false, false, false);

  /** The stdout of this process. */
  static final Path OWN = Path.of("/proc/self/fd/1");

  /**
   * Finds out what stdout is.
   *
   * @param stdout by which Linux shows it
   */
  static Terminal of(Map<String, String> environment, Path stdout) {
    String kind = environment.getOrDefault("TERM", "dumb");
    if (kind.equals("dumb") || kind.isEmpty() || !isTerminal(stdout)) {
      return NONE;
    }
    boolean colour = environment.getOrDefault("NO_COLOR", "").isEmpty();
    return new Terminal(true, isUnicode(environment), colour);
  }

  /** Linux says what the descriptor is for the price of a readlink; elsewhere the JDK is asked. */
  private static boolean isTerminal(Path stdout) {
    try {
      String target = Files.readSymbolicLink(stdout).toString();
      return target.startsWith("/dev/pts/")
          || target.startsWith("/dev/tty")
          || target.equals("/dev/console");
    } catch (IOException | UnsupportedOperationException e) {
      return isConsole(System.console());
    }
  }

  private static boolean isConsole(@Nullable Console console) {
    return console != null && console.isTerminal();
  }

  private static boolean isUnicode(Map<String, String> environment) {
    for (String name : new String[] {"LC_ALL", "LC_CTYPE", "LANG"}) {
      String value = environment.getOrDefault(name, "");
      if (!value.isEmpty()) {
        return value.endsWith("UTF-8") || value.endsWith("utf8") || value.endsWith("utf-8");
      }
    }
    return false;
  }
}

package dev.millrace.cli;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The width of the terminal, kept up to date. Asked of {@code stty}, which every POSIX system has:
 * a library for terminals would cost more start-up time than a whole cached run.
 */
final class TerminalSize {
  private static final int WHERE_UNKNOWN = 80;
  private static final int LEAST = 20;

  /** The terminal of this process's session. */
  static final Path CONTROLLING = Path.of("/dev/tty");

  private final Map<String, String> environment;
  private final File terminal;
  private volatile boolean stale = true;
  private int columns = WHERE_UNKNOWN;

  TerminalSize(Session session) {
    environment = session.environment();
    terminal = session.terminal().toFile();
    session.signals().onResize(() -> stale = true);
  }

  /** Returns the number of columns. */
  int columns() {
    if (stale) {
      stale = false;
      columns = Math.max(LEAST, ask());
    }
    return columns;
  }

  private int ask() {
    String said = environment.get("COLUMNS");
    try {
      return said != null ? Integer.parseInt(said.strip()) : askStty();
    } catch (IOException | NumberFormatException e) {
      return WHERE_UNKNOWN;
    }
  }

  private int askStty() throws IOException {
    Process stty =
        new ProcessBuilder("stty", "size")
            .redirectInput(terminal)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      if (!stty.waitFor(1, TimeUnit.SECONDS)) {
        return WHERE_UNKNOWN;
      }
      String text = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      int columns = Integer.parseInt(text.substring(text.indexOf(' ') + 1).strip());
      return columns == 0 ? WHERE_UNKNOWN : columns;
    } catch (InterruptedException e) {
      return WHERE_UNKNOWN;
    } finally {
      stty.destroyForcibly();
    }
  }
}

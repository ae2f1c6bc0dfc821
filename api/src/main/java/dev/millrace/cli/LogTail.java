package dev.millrace.cli;

import dev.millrace.content.ContentStore;
import dev.millrace.digest.Digest;
import dev.millrace.run.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The last lines of what an attempt wrote. */
final class LogTail {
  private static final int LINES = 20;
  private static final int BYTES = 8 << 10;

  private LogTail() {}

  /** Returns the last lines of stderr, or of stdout if stderr is empty; none if both are. */
  static List<String> of(Failure failure, ContentStore store) {
    List<String> stderr = of(failure.stderr(), store);
    return stderr.isEmpty() ? of(failure.stdout(), store) : stderr;
  }

  private static List<String> of(Digest text, ContentStore store) {
    if (text.size() == 0) {
      return List.of();
    }
    try (InputStream in = store.open(text)) {
      in.skipNBytes(Math.max(0, text.size() - BYTES));
      return lastLines(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      return List.of("(the log is gone: " + e.getMessage() + ")");
    }
  }

  private static List<String> lastLines(String text) {
    Deque<String> lines = new ArrayDeque<>();
    int end = text.length();
    while (end > 0 && text.charAt(end - 1) == '\n') {
      end--;
    }
    while (end > 0 && lines.size() < LINES) {
      int start = text.lastIndexOf('\n', end - 1) + 1;
      lines.addFirst(text.substring(start, end));
      end = start - 1;
    }
    return List.copyOf(lines);
  }
}

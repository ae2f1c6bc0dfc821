package dev.millrace.executors.docker;

import dev.millrace.executor.ExecutionRequest;
import dev.millrace.executor.Leftover;
import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a later engine must know of the attempt that a slot runs: a file where no step can reach it,
 * written before the step is asked for.
 *
 * @param nonce by which its answer is known
 * @param startMillis when it was started, of the clock
 */
record SlotRecord(String attemptId, Path sandbox, String nonce, long startMillis) {
  private static final String FILE = "attempt";
  private static final String END = "end";
  private static final int LINES = 5;

  static SlotRecord of(ExecutionRequest request, String nonce) {
    return new SlotRecord(
        request.attemptId(), request.workingDirectory(), nonce, System.currentTimeMillis());
  }

  void write(Path directory) throws IOException {
    String path = URLEncoder.encode(sandbox.toString(), StandardCharsets.UTF_8);
    List<String> lines = List.of(attemptId, path, nonce, Long.toString(startMillis), END);
    SlotDirectory.overwrite(directory.resolve(FILE), String.join("\n", lines) + "\n");
  }

  /** Reads it, or returns null where none was written whole. */
  static @Nullable SlotRecord read(Path directory) {
    try {
      List<String> lines = Files.readAllLines(directory.resolve(FILE));
      if (lines.size() != LINES || !lines.getLast().equals(END)) {
        return null;
      }
      return new SlotRecord(
          lines.get(0),
          Path.of(URLDecoder.decode(lines.get(1), StandardCharsets.UTF_8)),
          lines.get(2),
          Long.parseLong(lines.get(3)));
    } catch (IOException | IllegalArgumentException e) {
      return null;
    }
  }

  /** Returns how long ago it was started, by the clock. */
  long millisSince() {
    return Math.max(0, System.currentTimeMillis() - startMillis);
  }

  Leftover leftover() {
    return new Leftover(attemptId, sandbox);
  }
}

package dev.millrace.executors.docker;

import dev.millrace.executor.ExecutionRequest;
import dev.millrace.executor.Leftover;
import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * What a later engine must know of the attempt that a slot runs: a file where no step can reach it,
 * written before the step is asked for.
 *
 * @param nonce by which its answer is known
 * @param startMillis when it was started, of the clock
 */
record SlotRecord(String attemptId, Path sandbox, String nonce, long startMillis) {
  private static final String FILE = "attempt.properties";
  private static final String ATTEMPT = "attempt";
  private static final String SANDBOX = "sandbox";
  private static final String NONCE = "nonce";
  private static final String START = "start";

  static SlotRecord of(ExecutionRequest request, String nonce) {
    return new SlotRecord(
        request.attemptId(), request.workingDirectory(), nonce, System.currentTimeMillis());
  }

  void write(Path directory) throws IOException {
    Properties properties = new Properties();
    properties.setProperty(ATTEMPT, attemptId);
    properties.setProperty(SANDBOX, sandbox.toString());
    properties.setProperty(NONCE, nonce);
    properties.setProperty(START, Long.toString(startMillis));
    StringWriter text = new StringWriter();
    properties.store(text, null);
    SlotDirectory.overwrite(directory.resolve(FILE), text.toString());
  }

  /** Reads it, or returns null where none was written whole. */
  static @Nullable SlotRecord read(Path directory) {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(directory.resolve(FILE))) {
      properties.load(reader);
      return new SlotRecord(
          required(properties, ATTEMPT),
          Path.of(required(properties, SANDBOX)),
          required(properties, NONCE),
          Long.parseLong(required(properties, START)));
    } catch (IOException | IllegalArgumentException e) {
      return null;
    }
  }

  private static String required(Properties properties, String key) {
    String value = properties.getProperty(key);
    if (value == null) {
      throw new IllegalArgumentException("no " + key);
    }
    return value;
  }

  /** Returns how long ago it was started, by the clock. */
  long millisSince() {
    return Math.max(0, System.currentTimeMillis() - startMillis);
  }

  Leftover leftover() {
    return new Leftover(attemptId, sandbox);
  }
}

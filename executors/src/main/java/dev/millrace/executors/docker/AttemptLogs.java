package dev.millrace.executors.docker;

import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.StreamType;
import dev.millrace.executor.ExecutionRequest;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Writes what a container puts out into the two files of its attempt, as it comes: what is in a
 * file is the beginning of what was put out, byte for byte. It can be had again from the first
 * byte, and then goes on behind what is written: see {@link #again}. For use by one thread at a
 * time.
 */
final class AttemptLogs implements AutoCloseable {
  private final Output stdout;
  private final Output stderr;
  private volatile @Nullable IOException failure;

  private AttemptLogs(Output stdout, Output stderr) {
    this.stdout = stdout;
    this.stderr = stderr;
  }

  /** The file of one stream. */
  private static final class Output {
    private final Path file;
    private final OutputStream stream;
    private long written;
    private long skip;

    Output(Path file) throws IOException {
      this.file = file;
      stream = Files.newOutputStream(file);
    }

    void write(byte[] piece) throws IOException {
      int known = (int) Math.min(skip, piece.length);
      skip -= known;
      stream.write(piece, known, piece.length - known);
      written += piece.length - known;
    }
  }

  /** Opens the files, made if they are not there, emptied if they are. */
  static AttemptLogs open(ExecutionRequest request) throws IOException {
    Output stdout = new Output(request.stdout());
    try {
      return new AttemptLogs(stdout, new Output(request.stderr()));
    } catch (IOException | RuntimeException e) {
      stdout.stream.close();
      throw e;
    }
  }

  /**
   * Takes a piece.
   *
   * @throws UncheckedIOException if the file cannot take it; see {@link #throwFailure}
   */
  void accept(Frame frame) {
    try {
      (frame.getStreamType() == StreamType.STDERR ? stderr : stdout).write(frame.getPayload());
    } catch (IOException e) {
      failure = e;
      throw new UncheckedIOException(e);
    }
  }

  /** Fails if a file could not take what was put out. */
  void throwFailure() throws IOException {
    IOException failed = failure;
    if (failed != null) {
      throw failed;
    }
  }

  /** What comes next begins with the first byte again: what is written already is left out. */
  AttemptLogs again() {
    stdout.skip = stdout.written;
    stderr.skip = stderr.written;
    return this;
  }

  /** Tells whether nothing but a short text was put out, on stderr. */
  boolean isShortMessage(int length) {
    return stdout.written == 0 && stderr.written > 0 && stderr.written <= length;
  }

  /** Returns what was put out on stderr. */
  String stderr() throws IOException {
    return Files.readString(stderr.file, StandardCharsets.ISO_8859_1);
  }

  @Override
  public void close() throws IOException {
    try (OutputStream _ = stdout.stream) {
      stderr.stream.close();
    }
  }

  /** Empties the files, as if nothing had been started. */
  void clear() throws IOException {
    close();
    Files.deleteIfExists(stdout.file);
    Files.deleteIfExists(stderr.file);
  }
}

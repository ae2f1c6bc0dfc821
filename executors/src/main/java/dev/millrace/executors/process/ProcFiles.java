package dev.millrace.executors.process;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code /proc}, and tells a process that is gone from one that cannot be looked at because
 * there is no file descriptor to be had: whoever takes the one for the other leaves processes
 * behind.
 */
final class ProcFiles {
  private static final Path ALWAYS_READABLE = Path.of("/dev/null");

  private ProcFiles() {}

  private interface Reading<T> {
    T read() throws IOException;
  }

  /**
   * Returns what a file holds, or null when it does not exist or may not be read.
   *
   * @throws NoRoomException when no file at all can be opened now
   */
  static byte @Nullable [] read(String file) {
    Path path = Path.of(file);
    return read(() -> Files.readAllBytes(path));
  }

  /**
   * Returns those names in a folder that are numbers; none when it does not exist or may not be
   * read.
   *
   * @throws NoRoomException when no file at all can be opened now
   */
  static List<Long> numbersIn(String folder) {
    Path path = Path.of(folder);
    List<Long> numbers = read(() -> list(path));
    return numbers == null ? List.of() : numbers;
  }

  private static List<Long> list(Path folder) throws IOException {
    List<Long> numbers = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, "[0-9]*")) {
      for (Path entry : entries) {
        numbers.add(Long.parseLong(String.valueOf(entry.getFileName())));
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return numbers;
  }

  /** Tries again where the lack may have ended between the failure and its explanation. */
  private static <T> @Nullable T read(Reading<T> reading) {
    for (int tries = 0; tries < 2; tries++) {
      try {
        return reading.read();
      } catch (NoSuchFileException | AccessDeniedException e) {
        return null; // Certain, and true of most processes: all those of others.
      } catch (IOException e) {
        throwIfNothingCanBeOpened();
      }
    }
    return null;
  }

  private static void throwIfNothingCanBeOpened() {
    try (var _ = Files.newByteChannel(ALWAYS_READABLE)) {
      return;
    } catch (IOException e) {
      throw new NoRoomException("no file can be opened: " + e.getMessage());
    }
  }
}

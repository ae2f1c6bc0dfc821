package dev.millrace.content;

import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Error numbers of Linux, as the exceptions that the Java platform would make of them. */
final class Errno {
  static final int ENOENT = 2;
  private static final int EACCES = 13;
  private static final int EEXIST = 17;
  private static final int EXDEV = 18;

  private Errno() {}

  /**
   * Returns what to throw.
   *
   * @param other the second file of the call, if it had one
   */
  static FileSystemException exception(int errno, Path file, @Nullable Path other) {
    String name = file.toString();
    String second = other == null ? null : other.toString();
    return switch (errno) {
      case ENOENT -> new NoSuchFileException(name, second, null);
      case EACCES -> new AccessDeniedException(name, second, null);
      case EEXIST -> new FileAlreadyExistsException(name, second, null);
      case EXDEV -> new AtomicMoveNotSupportedException(name, second, words(errno));
      default -> new FileSystemException(name, second, words(errno));
    };
  }

  /** Returns the C library's words, in English. */
  private static String words(int errno) {
    return switch (errno) {
      case 1 -> "Operation not permitted";
      case 5 -> "Input/output error";
      case 12 -> "Cannot allocate memory";
      case EXDEV -> "Invalid cross-device link";
      case 19 -> "No such device";
      case 20 -> "Not a directory";
      case 21 -> "Is a directory";
      case 23 -> "Too many open files in system";
      case 24 -> "Too many open files";
      case 26 -> "Text file busy";
      case 27 -> "File too large";
      case 28 -> "No space left on device";
      case 30 -> "Read-only file system";
      case 36 -> "File name too long";
      case 40 -> "Too many levels of symbolic links";
      case 107 -> "Transport endpoint is not connected";
      case 116 -> "Stale file handle";
      case 122 -> "Disk quota exceeded";
      default -> "error " + errno;
    };
  }
}

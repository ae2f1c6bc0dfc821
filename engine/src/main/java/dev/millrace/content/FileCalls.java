package dev.millrace.content;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What stores and sandboxes ask of the file system for each small file, by the shortest way there
 * is: directly of the C library once {@link #expectMany} was called and where that is possible, by
 * the Java platform before and elsewhere. A command that finds all results in the cache never pays
 * for the native calls.
 *
 * <p>All methods throw what the Java platform would: {@code NoSuchFileException}, {@code
 * AccessDeniedException}, {@code FileAlreadyExistsException}, {@code
 * AtomicMoveNotSupportedException}, else {@code FileSystemException}.
 */
public abstract sealed class FileCalls permits PortableCalls, NativeCalls {

  /** Files below this size in bytes are read and written as a whole. */
  static final int SMALL = 64 * 1024;

  /** Apart, so that to initialize this class needs none of those that extend it. */
  private static final class Current {
    private static volatile FileCalls now = new PortableCalls();
  }

  FileCalls() {}

  /** Returns the shortest way at present. */
  public static FileCalls now() {
    return Current.now;
  }

  /** Prepares for many files to come, which may take some milliseconds. */
  public static void expectMany() {
    if (Current.now instanceof PortableCalls) {
      FileCalls shortest = NativeCalls.get();
      Current.now = shortest != null ? shortest : Current.now;
    }
  }

  /**
   * What there is to know of a blob.
   *
   * @param size in bytes
   * @param modifiedNanos when its bytes were last changed, in nanoseconds since 1970
   */
  public record Found(long size, long modifiedNanos) {}

  /** Looks at a file; a link is looked at itself. */
  public abstract FileStamp stamp(Path file) throws IOException;

  /** Looks for a file that is usually not there; returns null then. */
  public abstract @Nullable Found find(Path file) throws IOException;

  /** Reads a file, which must not be a link; returns null if it is not a small one. */
  abstract byte @Nullable [] readSmall(Path file) throws IOException;

  /**
   * Writes a new file. If that fails, there is none.
   *
   * @param mode its permissions, from which the process's mask is taken
   */
  abstract void create(Path file, byte[] content, int mode) throws IOException;

  /**
   * Replaces what is in a file, which must not be a link.
   *
   * @param size that it has, in bytes
   * @param mode its permissions afterwards
   */
  public abstract void overwrite(Path file, long size, byte[] content, int mode) throws IOException;

  /** Sets the permissions of a file or directory. */
  public abstract void setMode(Path file, int mode) throws IOException;

  /**
   * Gives a file another name within its file system; one that has the name is replaced at once.
   */
  public abstract void rename(Path from, Path to) throws IOException;
}

package dev.millrace.content;

import java.io.IOException;
import java.nio.file.Path;

/**
 * What the file system says of a file without its bytes being read. Two equal stamps, taken well
 * after the last change, mean equal bytes: the rule of git's index.
 *
 * @param device number of the file system
 * @param inode number of the file within it
 * @param size in bytes
 * @param modifiedNanos when the bytes were last changed, in nanoseconds since 1970
 * @param changedNanos when anything about the file was last changed, in nanoseconds since 1970; no
 *     program can set it
 * @param mode type and permission bits as in {@code stat(2)}
 * @param links how many names the file has
 * @param owner user id
 */
public record FileStamp(
    long device,
    long inode,
    long size,
    long modifiedNanos,
    long changedNanos,
    int mode,
    int links,
    int owner) {

  private static final int TYPE = 0170000;
  private static final int REGULAR = 0100000;
  private static final int DIRECTORY = 0040000;
  private static final int LINK = 0120000;
  private static final int OWNER_EXECUTES = 0100;

  /**
   * Looks at {@code file}; a link is looked at itself, not what it leads to.
   *
   * @throws java.nio.file.NoSuchFileException if there is none
   */
  public static FileStamp of(Path file) throws IOException {
    return FileCalls.now().stamp(file);
  }

  /** Returns whether it is a regular file. */
  public boolean isRegularFile() {
    return (mode & TYPE) == REGULAR;
  }

  /** Returns whether it is a directory. */
  public boolean isDirectory() {
    return (mode & TYPE) == DIRECTORY;
  }

  /** Returns whether it is a symbolic link. */
  public boolean isLink() {
    return (mode & TYPE) == LINK;
  }

  /** Returns whether its owner may run it. */
  public boolean isExecutable() {
    return (mode & OWNER_EXECUTES) != 0;
  }
}

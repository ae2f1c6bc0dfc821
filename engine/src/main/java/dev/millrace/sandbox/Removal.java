package dev.millrace.sandbox;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;

/**
 * Removes whatever a step may have left: directories that nobody may read or write, links (never
 * followed), and directories so deep that their path is longer than the system takes.
 *
 * <p>Nothing is asked before it is done: each child is deleted, and only a directory that turns out
 * not to be empty is entered. The last matter is solved by moving a directory whose path gets long
 * up to the top. All processes of the step have ended: nobody swaps a directory for a link.
 */
public final class Removal {
  private static final int LONG_PATH = 1000;
  private static final Set<PosixFilePermission> ALL_FOR_OWNER =
      PosixFilePermissions.fromString("rwx------");

  private final Path top;
  private final Deque<Path> open = new ArrayDeque<>();
  private int hoisted;

  private Removal(Path top) {
    this.top = top;
  }

  /** Removes a file or directory with all that is in it; one that does not exist is no error. */
  public static void remove(Path path) throws IOException {
    if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      new Removal(path).run();
    } else {
      Files.deleteIfExists(path);
    }
  }

  /** Removes a file or directory after a failure, to which it adds its own. */
  static void removeAfter(IOException failure, Path path) {
    try {
      remove(path);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  private void run() throws IOException {
    open.push(top);
    while (!open.isEmpty()) {
      Path directory = open.element();
      try {
        enter(directory);
      } catch (AccessDeniedException e) {
        unlock(directory, e);
        continue;
      }
      if (open.element().equals(directory)) {
        open.pop();
        Files.deleteIfExists(directory);
      }
    }
  }

  /** Gives the owner back what the step took; a second refusal is final. */
  private static void unlock(Path directory, AccessDeniedException refused) throws IOException {
    if (Files.getPosixFilePermissions(directory).containsAll(ALL_FOR_OWNER)) {
      throw refused;
    }
    Files.setPosixFilePermissions(directory, ALL_FOR_OWNER);
  }

  private void enter(Path directory) throws IOException {
    try (DirectoryStream<Path> children = Files.newDirectoryStream(directory)) {
      for (Path child : children) {
        try {
          Files.delete(child);
        } catch (DirectoryNotEmptyException e) {
          open.push(child.toString().length() > LONG_PATH ? hoist(child) : child);
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    } catch (NoSuchFileException e) {
      // It was moved to the top, or is gone already.
    }
  }

  private Path hoist(Path deep) throws IOException {
    Files.setPosixFilePermissions(deep, ALL_FOR_OWNER);
    Path up = top.resolve(".hoisted-" + hoisted++);
    return Files.move(deep, up, StandardCopyOption.ATOMIC_MOVE);
  }
}

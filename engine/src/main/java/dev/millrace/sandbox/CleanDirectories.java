package dev.millrace.sandbox;

import dev.millrace.content.FileStamp;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Working directories, with {@code tmp/} and {@code inputs/} in them and nothing else. One that an
 * attempt is done with is emptied and renamed for the next: to make and to remove three directories
 * takes a file system ten to a hundred times as long as a rename, and far more than small steps
 * take. A directory that has become something else or another user's is not used again.
 */
final class CleanDirectories {
  static final String TMP = "tmp";
  static final String INPUTS = "inputs";

  private static final int MOST = 256;
  private static final int PERMISSIONS = 07777;

  private final Deque<Path> clean = new ArrayDeque<>();
  private volatile @Nullable FileStamp pattern;

  /** Makes a working directory. */
  void make(Path work) throws IOException {
    Path used = poll(work);
    if (used == null || !rename(used, work)) {
      Files.createDirectory(work);
      Files.createDirectory(work.resolve(TMP));
      Files.createDirectory(work.resolve(INPUTS));
      if (pattern == null) {
        pattern = FileStamp.of(work);
      }
    }
  }

  private @Nullable Path poll(Path wanted) {
    synchronized (clean) {
      return clean.remove(wanted) ? wanted : clean.pollLast();
    }
  }

  private static boolean rename(Path used, Path work) throws IOException {
    try {
      Files.move(used, work, StandardCopyOption.ATOMIC_MOVE);
      return true;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /**
   * Empties a directory that was made here.
   *
   * @return whether it is to be used again; if not, it is the caller's to remove
   */
  boolean takeBack(Path work) throws IOException {
    Path tmp = work.resolve(TMP);
    Path inputs = work.resolve(INPUTS);
    if (!restore(work) || !restore(tmp) || !restore(inputs)) {
      return false;
    }
    try (DirectoryStream<Path> children = Files.newDirectoryStream(work)) {
      for (Path child : children) {
        if (!child.equals(tmp) && !child.equals(inputs)) {
          Removal.remove(child);
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    Removal.empty(tmp);
    Removal.empty(inputs);
    synchronized (clean) {
      return clean.size() < MOST && clean.add(work);
    }
  }

  /** Gives a directory the mode that it had when new. Returns whether it still is one of ours. */
  private boolean restore(Path directory) throws IOException {
    FileStamp made = pattern;
    FileStamp now;
    try {
      now = FileStamp.of(directory);
    } catch (NoSuchFileException e) {
      return false;
    }
    if (made == null || !now.isDirectory() || now.owner() != made.owner()) {
      return false;
    }
    if (now.mode() != made.mode()) {
      Files.setAttribute(directory, "unix:mode", made.mode() & PERMISSIONS);
    }
    return true;
  }
}

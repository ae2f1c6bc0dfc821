package dev.millrace.sandbox;

import dev.millrace.content.FileCalls;
import dev.millrace.content.FileStamp;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Small files that were inputs of attempts that have ended, to be written over and placed again:
 * see {@link Workspaces} for what that saves. Only whole contents are ever written, so that nothing
 * of the old ones is left.
 */
final class SpareFiles {

  /** The largest file that is kept, in bytes. */
  static final int LARGEST = 64 * 1024;

  private static final int MOST = 64;
  private static final int WRITABLE = 0600;

  private final Path parent;
  private final AtomicLong names = new AtomicLong();
  private final Deque<Spare> files = new ArrayDeque<>();

  private record Spare(Path file, long size) {}

  /** Keeps files in that directory, beside what else is in it. */
  SpareFiles(Path parent) {
    this.parent = parent;
  }

  /**
   * Takes a file out of a sandbox if it is fit for use.
   *
   * @return whether it was taken
   */
  boolean offer(Path file, FileStamp stamp) throws IOException {
    if (!stamp.isRegularFile() || stamp.links() != 1 || stamp.size() > LARGEST || isFull()) {
      return false;
    }
    FileCalls.now().setMode(file, WRITABLE);
    Path spare = parent.resolve("spare-" + names.incrementAndGet());
    FileCalls.now().rename(file, spare);
    synchronized (files) {
      files.add(new Spare(spare, stamp.size()));
    }
    return true;
  }

  /** Returns whether there is a spare file now. */
  boolean isReady() {
    synchronized (files) {
      return !files.isEmpty();
    }
  }

  private boolean isFull() {
    synchronized (files) {
      return files.size() >= MOST;
    }
  }

  /**
   * Places a read-only file, if there is a spare one.
   *
   * @param target does not exist
   * @return whether it was placed
   */
  boolean place(byte[] content, Path target, boolean executable) throws IOException {
    Spare spare = poll();
    if (spare == null) {
      return false;
    }
    Path file = spare.file();
    try {
      FileCalls.now().overwrite(file, spare.size(), content, executable ? 0555 : 0444);
      FileCalls.now().rename(file, target);
    } catch (IOException e) {
      Removal.removeAfter(e, file);
      throw e;
    }
    return true;
  }

  private @Nullable Spare poll() {
    synchronized (files) {
      return files.pollLast();
    }
  }
}

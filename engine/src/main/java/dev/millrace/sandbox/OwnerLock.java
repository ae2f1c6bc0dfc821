package dev.millrace.sandbox;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A lock file that says whether the owner of a directory lives: the kernel drops the lock when the
 * process ends, however it ends.
 *
 * <p>The kernel's locks belong to a process, and closing any descriptor of the file drops them; so
 * a file that this process has locked is never opened by it a second time.
 */
final class OwnerLock implements AutoCloseable {
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path file;
  private final FileChannel channel;

  private OwnerLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /** Makes and locks a new file. Returns null if a sweeper came between: take another name. */
  static @Nullable OwnerLock create(Path file) throws IOException {
    OwnerLock lock = take(file, StandardOpenOption.CREATE_NEW);
    if (lock != null && !Files.exists(file)) {
      lock.close();
      return null;
    }
    return lock;
  }

  /** Locks the file of an owner that is dead. Returns null if it lives, or the file is gone. */
  static @Nullable OwnerLock takeOver(Path file) throws IOException {
    try {
      return take(file, StandardOpenOption.READ);
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  private static @Nullable OwnerLock take(Path file, StandardOpenOption how) throws IOException {
    if (!HELD.add(file)) {
      return null;
    }
    FileChannel channel = null;
    FileLock lock = null;
    try {
      channel = FileChannel.open(file, how, StandardOpenOption.WRITE);
      lock = channel.tryLock();
      return lock == null ? null : new OwnerLock(file, channel);
    } finally {
      if (lock == null) {
        HELD.remove(file);
        if (channel != null) {
          channel.close();
        }
      }
    }
  }

  /** Removes the file, then lets go of it. */
  @Override
  public void close() throws IOException {
    try (channel) {
      Files.deleteIfExists(file);
    } finally {
      HELD.remove(file);
    }
  }
}

package dev.millrace.journal;

import static java.time.temporal.ChronoUnit.SECONDS;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The right to write in a state directory: one process has it at a time. The operating system takes
 * it back when the process dies, however it dies, so it never has to be cleaned up by hand.
 *
 * <p>The file {@code lock} holds who has it, for the message that others get. It is never deleted:
 * a process that had opened the old file would lock a name that is gone.
 */
public final class StateLock implements AutoCloseable {
  /**
   * The directories that this process holds, with what their files say. A POSIX lock belongs to the
   * process and is lost when it closes any channel of the file, so a second attempt here must not
   * even open it.
   */
  private static final Map<Path, String> HELD = new ConcurrentHashMap<>();

  private final Path directory;
  private final FileChannel channel;

  private StateLock(Path directory, FileChannel channel) {
    this.directory = directory;
    this.channel = channel;
  }

  /**
   * Takes the lock, making the directory where it is missing.
   *
   * @param command what this process does, for the message that others get
   * @throws StateInUseException if another process has it
   * @throws IOException if the directory cannot be written
   */
  public static StateLock acquire(Path stateDirectory, String command) throws IOException {
    Path directory = Files.createDirectories(stateDirectory).toRealPath();
    String holder =
        ProcessHandle.current().pid()
            + " "
            + System.currentTimeMillis()
            + " "
            + command.replace('\n', ' ');
    synchronized (HELD) {
      String here = HELD.putIfAbsent(directory, holder);
      if (here != null) {
        throw new StateInUseException(shown(here));
      }
      try {
        return new StateLock(directory, lock(directory.resolve("lock"), holder));
      } catch (IOException | RuntimeException e) {
        HELD.remove(directory);
        throw e;
      }
    }
  }

  private static FileChannel lock(Path file, String holder) throws IOException {
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      FileLock lock = channel.tryLock();
      if (lock == null) {
        throw new StateInUseException(shown(Files.readString(file).strip()));
      }
      channel.truncate(0);
      channel.write(ByteBuffer.wrap((holder + "\n").getBytes(StandardCharsets.UTF_8)), 0);
      return channel;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /**
   * Returns whether a process has the lock, as far as can be told without touching it: to try to
   * take it would get in the way of one that does.
   *
   * @throws IOException if the file cannot be read
   */
  public static boolean isHeld(Path stateDirectory) throws IOException {
    try {
      String holder = holder(stateDirectory.toRealPath());
      if (holder == null) {
        return true;
      }
      String[] parts = holder.split(" ", 3);
      long pid = Long.parseLong(parts[0]);
      Instant taken = Instant.ofEpochMilli(Long.parseLong(parts[1]));
      return ProcessHandle.of(pid)
          .filter(process -> pid != ProcessHandle.current().pid())
          .flatMap(process -> process.info().startInstant())
          .filter(started -> !started.isAfter(taken.plusSeconds(1)))
          .isPresent();
    } catch (NumberFormatException | ArrayIndexOutOfBoundsException | NoSuchFileException e) {
      return false;
    }
  }

  /** Returns what the file says, or null where it must not be opened because this process holds. */
  private static @Nullable String holder(Path directory) throws IOException {
    synchronized (HELD) {
      return HELD.containsKey(directory)
          ? null
          : Files.readString(directory.resolve("lock")).strip();
    }
  }

  /** Times are only formatted here: java.time.format would cost every start some milliseconds. */
  private static String shown(String holder) {
    String[] parts = holder.split(" ", 3);
    try {
      Instant since = Instant.ofEpochMilli(Long.parseLong(parts[1]));
      return "pid " + parts[0] + ", since " + since.truncatedTo(SECONDS) + ", " + parts[2];
    } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
      return "just started";
    }
  }

  /** Returns the directory that may be written. */
  public Path directory() {
    return directory;
  }

  /** Gives the right back. */
  @Override
  public void close() throws IOException {
    try {
      // This process may live on, and whoever asks `isHeld` would take it for the holder.
      channel.truncate(0);
    } catch (IOException e) {
      // Then it is taken for that, until another has the lock.
    }
    try {
      channel.close();
    } finally {
      HELD.remove(directory);
    }
  }
}

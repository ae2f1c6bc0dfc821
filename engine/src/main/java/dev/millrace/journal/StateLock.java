package dev.millrace.journal;

import static java.time.temporal.ChronoUnit.SECONDS;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The right to write in a state directory: one process has it at a time. The operating system takes
 * it back when the process dies, however it dies, so it never has to be cleaned up by hand.
 *
 * <p>The file {@code lock} holds who has it, for the message that others get. It is never deleted:
 * a process that had opened the old file would lock a name that is gone.
 */
public final class StateLock implements AutoCloseable {
  /**
   * The directories that this process holds. A POSIX lock belongs to the process and is lost when
   * it closes any channel of the file, so a second attempt here must not even open it.
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

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
    if (!HELD.add(directory)) {
      throw new StateInUseException("this process");
    }
    try {
      return new StateLock(directory, lock(directory.resolve("lock"), holder));
    } catch (IOException | RuntimeException e) {
      HELD.remove(directory);
      throw e;
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
    channel.close();
    HELD.remove(directory);
  }
}

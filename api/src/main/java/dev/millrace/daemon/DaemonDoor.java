package dev.millrace.daemon;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The daemon that takes requests, from outside.
 *
 * @param pid its process
 * @param startTicks when that started
 * @param requests the pipe that it reads
 */
public record DaemonDoor(long pid, long startTicks, Path requests) {

  /**
   * Finds it.
   *
   * @param directory where daemons and launchers of a build meet; need not exist
   * @return null where there is none
   * @throws IOException if it cannot be looked for
   */
  public static @Nullable DaemonDoor find(Path directory) throws IOException {
    Path file = directory.resolve("pid");
    if (!Files.exists(file)) {
      return null;
    }
    String[] words = Files.readString(file).split(" ", 4);
    try {
      DaemonDoor door =
          new DaemonDoor(
              Long.parseLong(words[0]),
              Long.parseLong(words[1]),
              directory.resolve(words[2]).resolve("requests"));
      return door.isAlive() && Files.exists(door.requests) ? door : null;
    } catch (NumberFormatException | IndexOutOfBoundsException e) {
      return null;
    }
  }

  /** Tells whether its process is there. */
  public boolean isAlive() {
    ProcessStat stat = ProcessStat.of(pid);
    return stat != null && stat.startTicks() == startTicks && !stat.isZombie();
  }

  /** Tells it to end as soon as it carries out nothing. */
  public void quit() throws IOException {
    // Both ends: to open one alone would wait for a daemon that may just have ended.
    try (RandomAccessFile pipe = new RandomAccessFile(requests.toFile(), "rw")) {
      pipe.write("quit\n".getBytes(StandardCharsets.US_ASCII));
    }
  }
}

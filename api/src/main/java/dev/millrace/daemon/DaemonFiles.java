package dev.millrace.daemon;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Where daemons and launchers meet, all of it the user's alone:
 *
 * <pre>
 * lock          held by the one daemon that takes requests
 * pid           who that is: PID START of.N JDK; START as in /proc/PID/stat
 * log           what the latest daemon had to complain of
 * of.N/         of the daemon that the launcher with that process id has started
 *   requests    a pipe for requests
 *   answer.N    pipes for answers, see {@link Answers}
 *   pid         which daemon that is: PID START
 * </pre>
 *
 * @param own this daemon's directory
 */
record DaemonFiles(Path own) {
  private static final long YOUNG_MILLIS = TimeUnit.MINUTES.toMillis(1);
  private static final String OWN = "of.";

  Path requests() {
    return own.resolve("requests");
  }

  private Path root() {
    return own.resolveSibling(".").normalize();
  }

  private Path pid() {
    return own.resolveSibling("pid");
  }

  /** The build that this daemon is of: made anew, it has another time. */
  private Path build() {
    return own.resolve("../../class-path").normalize();
  }

  /** Becomes the one that takes requests; returns null where there is one. */
  @Nullable FileChannel lock() throws IOException {
    FileChannel channel =
        FileChannel.open(
            own.resolveSibling("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock = channel.tryLock();
    if (lock == null) {
      channel.close();
      return null;
    }
    return channel;
  }

  /** Says which process works in its own directory, so that others need not remove it. */
  void sign() throws IOException {
    Files.writeString(own.resolve("pid"), self() + "\n");
  }

  /**
   * Says to all launchers who takes requests.
   *
   * @param jdk the JDK that runs this process, as launchers call it
   */
  void publish(String jdk) throws IOException {
    Path part = own.resolve("pid.new");
    Files.writeString(part, self() + " " + own.getFileName() + " " + jdk + "\n");
    Files.move(part, pid(), StandardCopyOption.ATOMIC_MOVE);
  }

  private static String self() {
    long pid = ProcessHandle.current().pid();
    ProcessStat stat = ProcessStat.of(pid);
    return pid + " " + (stat == null ? 0 : stat.startTicks());
  }

  /** Takes back what was published, unless another has published since. */
  void withdraw() throws IOException {
    if (isPublished()) {
      Files.deleteIfExists(pid());
    }
  }

  private boolean isPublished() throws IOException {
    try {
      return Files.readString(pid()).startsWith(self() + " ");
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /** Returns whether launchers still find this daemon, and it is of the build that they use. */
  boolean isCurrent() {
    try {
      return isPublished()
          && Files.getLastModifiedTime(build()).compareTo(Files.getLastModifiedTime(pid())) < 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** Removes the directories of daemons that were killed. */
  void sweep() throws IOException {
    try (DirectoryStream<Path> all = Files.newDirectoryStream(root(), OWN + "*")) {
      for (Path directory : all) {
        if (!directory.equals(own) && isLeft(directory)) {
          remove(directory);
        }
      }
    }
  }

  private static boolean isLeft(Path directory) throws IOException {
    try {
      String[] signed = Files.readString(directory.resolve("pid")).strip().split(" ");
      ProcessStat stat = ProcessStat.of(Long.parseLong(signed[0]));
      return stat == null || stat.startTicks() != Long.parseLong(signed[1]);
    } catch (IOException | NumberFormatException | IndexOutOfBoundsException e) {
      long age = System.currentTimeMillis() - Files.getLastModifiedTime(directory).toMillis();
      return age > YOUNG_MILLIS;
    }
  }

  /** Removes this daemon's directory. */
  void remove() throws IOException {
    remove(own);
  }

  private static void remove(Path directory) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
    }
    Files.deleteIfExists(directory);
  }
}

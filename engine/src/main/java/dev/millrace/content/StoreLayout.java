package dev.millrace.content;

import dev.millrace.digest.Digest;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Where a disk store keeps what:
 *
 * <pre>
 * blobs/ab/cdef…          a blob, under the 64 hex digits of its hash; never changed, read-only
 * tmp/PID-RANDOM-N        a blob that is being written by that process
 * quarantine/abcdef…-N    a blob that was found to have other bytes than its name says
 * </pre>
 */
final class StoreLayout {
  private static final Duration OWNED_AND_STALE = Duration.ofDays(1);
  private static final Duration ORPHANED = Duration.ofMinutes(10);
  private static final Duration QUARANTINE = Duration.ofDays(7);

  private final Path root;
  private final Path blobs;
  private final Path temporary;
  private final Path quarantine;
  private final String prefix;
  private final AtomicLong counter = new AtomicLong();

  private StoreLayout(Path root) {
    this.root = root;
    blobs = root.resolve("blobs");
    temporary = root.resolve("tmp");
    quarantine = root.resolve("quarantine");
    prefix =
        ProcessHandle.current().pid()
            + "-"
            + Long.toHexString(ThreadLocalRandom.current().nextLong())
            + "-";
  }

  /** Makes the directories where they are missing and removes what dead writers left. */
  static StoreLayout open(Path root) throws IOException {
    StoreLayout layout = new StoreLayout(root.toAbsolutePath());
    Files.createDirectories(layout.blobs);
    Files.createDirectories(layout.temporary);
    Files.createDirectories(layout.quarantine);
    layout.sweep();
    return layout;
  }

  Path root() {
    return root;
  }

  Path blobs() {
    return blobs;
  }

  Path blob(Digest digest) {
    String hex = digest.hex();
    return blobs.resolve(hex.substring(0, 2) + "/" + hex.substring(2));
  }

  Path newTemporary() {
    return temporary.resolve(prefix + counter.incrementAndGet());
  }

  /** Moves a finished file to its name. A blob that is there already is replaced by its equal. */
  void install(Path file, Digest digest) throws IOException {
    Path blob = blob(digest);
    try {
      FileCalls.now().rename(file, blob);
    } catch (NoSuchFileException e) {
      makeFanout(blob);
      FileCalls.now().rename(file, blob);
    }
  }

  /** Removes a temporary file after a failure. */
  void discard(Path temporary, IOException failure) {
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  private static void makeFanout(Path blob) throws IOException {
    Path directory = blob.resolveSibling(".").normalize();
    try {
      Files.createDirectory(directory);
    } catch (FileAlreadyExistsException e) {
      // Another writer was faster.
    }
  }

  /**
   * Takes a blob out of sight; it is kept for some days for whoever wants to know what happened.
   */
  void putAside(Digest digest) throws IOException {
    Path aside = quarantine.resolve(digest.hex() + "-" + prefix + counter.incrementAndGet());
    try {
      Files.move(blob(digest), aside, StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException e) {
      // Another reader was faster.
    }
  }

  private void sweep() throws IOException {
    long now = System.currentTimeMillis();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(temporary)) {
      for (Path file : files) {
        long age = age(file, now);
        boolean orphaned = age > ORPHANED.toMillis() && !isOwnerAlive(file);
        if (orphaned || age > OWNED_AND_STALE.toMillis()) {
          Files.deleteIfExists(file);
        }
      }
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(quarantine)) {
      for (Path file : files) {
        if (age(file, now) > QUARANTINE.toMillis()) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  private static long age(Path file, long now) throws IOException {
    try {
      return now - Files.getLastModifiedTime(file).toMillis();
    } catch (NoSuchFileException e) {
      return 0;
    }
  }

  private static boolean isOwnerAlive(Path file) {
    String name = String.valueOf(file.getFileName());
    int dash = name.indexOf('-');
    if (dash <= 0 || !name.substring(0, dash).chars().allMatch(c -> c >= '0' && c <= '9')) {
      return false;
    }
    return dash <= 18 && ProcessHandle.of(Long.parseLong(name.substring(0, dash))).isPresent();
  }
}

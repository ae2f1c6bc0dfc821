package dev.millrace.executors.docker;

import com.github.dockerjava.api.DockerClient;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.jspecify.annotations.Nullable;

/**
 * Brings a sandbox into a container whose command runs as another user, and back what the command
 * made: as archives, which the Docker Engine unpacks and packs itself, so that nothing is needed of
 * the image.
 *
 * <p>In the container everything belongs to root and can be read by everybody; what the caller may
 * write to, everybody may: whoever the image's user is. What comes back belongs to the caller. It
 * was made by a program that nobody has vouched for: nothing is written but below the sandbox, and
 * never through a link.
 */
final class SandboxCopy {

  /** Entries begin with the directory's own name, so that its mode is taken over as well. */
  private static final String ROOT_NAME = Path.of(ContainerSettings.WORK).getFileName() + "/";

  private static final int ANY_DIRECTORY = 0777;
  private static final int FIXED_DIRECTORY = 0555;
  private static final int ANY_FILE = 0666;
  private static final int FIXED_FILE = 0444;
  private static final int ALL_EXECUTE = 0111;
  private static final int OWNER_EXECUTE = 0100;

  private SandboxCopy() {}

  /**
   * Copies a sandbox into a container that has not been started.
   *
   * @throws RuntimeException if the Docker Engine refuses it, or does not answer
   */
  static void into(DockerClient client, String container, Path sandbox) throws IOException {
    try (PipedInputStream in = new PipedInputStream(1 << 16)) {
      PipedOutputStream out = new PipedOutputStream(in);
      Thread writer =
          Thread.ofPlatform()
              .daemon()
              .name("millrace-sandbox-copy")
              .start(
                  () -> {
                    try (out) {
                      write(sandbox, out);
                    } catch (IOException e) {
                      // The archive is not whole, which the Docker Engine says.
                    }
                  });
      try {
        client
            .copyArchiveToContainerCmd(container)
            .withTarInputStream(in)
            .withRemotePath(ContainerSettings.ROOT)
            .exec();
      } finally {
        writer.interrupt();
      }
    }
  }

  private static void write(Path sandbox, OutputStream out) throws IOException {
    try (TarArchiveOutputStream archive =
            new TarArchiveOutputStream(out, StandardCharsets.UTF_8.name());
        Stream<Path> files = Files.walk(sandbox)) {
      archive.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      archive.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
      for (Path file : (Iterable<Path>) files::iterator) {
        write(ROOT_NAME + sandbox.relativize(file), file, archive);
      }
      archive.finish();
    }
  }

  private static void write(String name, Path file, TarArchiveOutputStream archive)
      throws IOException {
    BasicFileAttributes attributes =
        Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (attributes.isSymbolicLink()) {
      TarArchiveEntry link = new TarArchiveEntry(name, TarConstants.LF_SYMLINK);
      link.setLinkName(Files.readSymbolicLink(file).toString());
      archive.putArchiveEntry(link);
      archive.closeArchiveEntry();
    } else if (attributes.isDirectory()) {
      TarArchiveEntry directory = new TarArchiveEntry(name + "/");
      directory.setMode(isOwners(file) ? ANY_DIRECTORY : FIXED_DIRECTORY);
      archive.putArchiveEntry(directory);
      archive.closeArchiveEntry();
    } else if (attributes.isRegularFile()) {
      TarArchiveEntry entry = new TarArchiveEntry(name);
      entry.setSize(attributes.size());
      entry.setModTime(seconds(attributes.lastModifiedTime()));
      entry.setMode(
          (isOwners(file) ? ANY_FILE : FIXED_FILE)
              | (permissions(file).contains(PosixFilePermission.OWNER_EXECUTE) ? ALL_EXECUTE : 0));
      archive.putArchiveEntry(entry);
      Files.copy(file, archive);
      archive.closeArchiveEntry();
    }
  }

  private static FileTime seconds(FileTime time) {
    return FileTime.from(time.to(TimeUnit.SECONDS), TimeUnit.SECONDS);
  }

  private static Set<PosixFilePermission> permissions(Path file) throws IOException {
    return Files.getPosixFilePermissions(file);
  }

  private static boolean isOwners(Path file) throws IOException {
    return permissions(file).contains(PosixFilePermission.OWNER_WRITE);
  }

  /**
   * Copies what is new or has changed out of a container that has ended.
   *
   * @throws IOException if it cannot be written, or not all of it be had
   */
  static void outOf(DockerClient client, String container, Path sandbox) throws IOException {
    Path root = sandbox.toRealPath();
    try (InputStream in =
            client.copyArchiveFromContainerCmd(container, ContainerSettings.WORK).exec();
        TarArchiveInputStream archive =
            new TarArchiveInputStream(in, StandardCharsets.UTF_8.name())) {
      for (TarArchiveEntry entry = archive.getNextEntry();
          entry != null;
          entry = archive.getNextEntry()) {
        Path target = target(root, entry.getName());
        if (target != null && !target.equals(root)) {
          read(archive, entry, root, target);
        }
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /**
   * Returns where an entry belongs, or null if that is not in the sandbox. All names begin with the
   * directory's own.
   */
  private static @Nullable Path target(Path root, String name) throws IOException {
    int slash = name.indexOf('/');
    String inside = slash < 0 ? "" : name.substring(slash + 1);
    Path target = root.resolve(inside).normalize();
    if (!target.startsWith(root)) {
      return null;
    }
    Path parent = target.equals(root) ? root : target.getParent();
    return parent != null
            && Files.isDirectory(parent, LinkOption.NOFOLLOW_LINKS)
            && parent.toRealPath().equals(parent)
        ? target
        : null;
  }

  private static void read(
      TarArchiveInputStream archive, TarArchiveEntry entry, Path root, Path target)
      throws IOException {
    if (entry.isDirectory()) {
      if (!Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
        Files.createDirectory(target);
      }
    } else if (entry.isSymbolicLink()) {
      if (!isSameLink(target, entry.getLinkName())) {
        Files.deleteIfExists(target);
        Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
      }
    } else if (entry.isLink()) {
      Path other = target(root, entry.getLinkName());
      if (other != null && Files.isRegularFile(other, LinkOption.NOFOLLOW_LINKS)) {
        Files.copy(other, target, StandardCopyOption.REPLACE_EXISTING);
      }
    } else if (entry.isFile() && !isSame(target, entry)) {
      replace(archive, entry, target);
    }
  }

  private static boolean isSameLink(Path target, String text) throws IOException {
    return Files.isSymbolicLink(target) && Files.readSymbolicLink(target).toString().equals(text);
  }

  /** An input that was not touched looks as it did when it was copied in. */
  private static boolean isSame(Path target, TarArchiveEntry entry) throws IOException {
    if (!Files.isRegularFile(target, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    BasicFileAttributes there =
        Files.readAttributes(target, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    return there.size() == entry.getSize()
        && seconds(there.lastModifiedTime()).equals(seconds(entry.getLastModifiedTime()));
  }

  /** A file appears whole or not at all, so that copying can be begun again. */
  private static void replace(InputStream content, TarArchiveEntry entry, Path target)
      throws IOException {
    Path temporary = Files.createTempFile(target.getParent(), ".millrace-", "");
    try {
      Files.copy(content, temporary, StandardCopyOption.REPLACE_EXISTING);
      Set<PosixFilePermission> permissions =
          EnumSet.of(
              PosixFilePermission.OWNER_READ,
              PosixFilePermission.OWNER_WRITE,
              PosixFilePermission.GROUP_READ,
              PosixFilePermission.OTHERS_READ);
      if ((entry.getMode() & OWNER_EXECUTE) != 0) {
        permissions.add(PosixFilePermission.OWNER_EXECUTE);
        permissions.add(PosixFilePermission.GROUP_EXECUTE);
        permissions.add(PosixFilePermission.OTHERS_EXECUTE);
      }
      Files.setPosixFilePermissions(temporary, permissions);
      Files.setLastModifiedTime(temporary, entry.getLastModifiedTime());
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }
}

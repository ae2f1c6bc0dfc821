package dev.millrace.content;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** File calls through the Java platform. */
final class PortableCalls extends FileCalls {
  private static final String ATTRIBUTES =
      "unix:dev,ino,size,lastModifiedTime,ctime,mode,nlink,uid";
  private static final Set<OpenOption> READ =
      Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
  private static final Set<OpenOption> WRITE =
      Set.of(StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
  private static final Set<OpenOption> WRITE_NEW =
      Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);

  @Override
  public FileStamp stamp(Path file) throws IOException {
    Map<String, Object> read = Files.readAttributes(file, ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
    return new FileStamp(
        number(read, "dev"),
        number(read, "ino"),
        number(read, "size"),
        nanos(read, "lastModifiedTime"),
        nanos(read, "ctime"),
        (int) number(read, "mode"),
        (int) number(read, "nlink"),
        (int) number(read, "uid"));
  }

  private static long number(Map<String, Object> read, String name) {
    return ((Number) Objects.requireNonNull(read.get(name))).longValue();
  }

  private static long nanos(Map<String, Object> read, String name) {
    return ((FileTime) Objects.requireNonNull(read.get(name))).to(TimeUnit.NANOSECONDS);
  }

  @Override
  public @Nullable Found find(Path file) throws IOException {
    // Following links is what makes a missing file cost no exception here.
    BasicFileAttributes found =
        file.getFileSystem().provider().readAttributesIfExists(file, BasicFileAttributes.class);
    return found == null
        ? null
        : new Found(found.size(), found.lastModifiedTime().to(TimeUnit.NANOSECONDS));
  }

  @Override
  byte @Nullable [] readSmall(Path file) throws IOException {
    try (FileChannel in = FileChannel.open(file, READ)) {
      // Room for one byte more shows whether the file ends.
      int room = (int) Math.min(in.size(), SMALL - 1) + 1;
      ByteBuffer buffer = ByteBuffer.allocate(room);
      int read = in.read(buffer);
      while (read > 0 && buffer.hasRemaining()) {
        read = in.read(buffer);
      }
      return buffer.hasRemaining() ? Arrays.copyOf(buffer.array(), buffer.position()) : null;
    }
  }

  @Override
  void create(Path file, byte[] content, int mode) throws IOException {
    FileAttribute<?> attribute = PosixFilePermissions.asFileAttribute(permissions(mode));
    try (FileChannel out = FileChannel.open(file, WRITE_NEW, attribute)) {
      write(out, content);
    } catch (FileAlreadyExistsException e) {
      throw e;
    } catch (IOException e) {
      removeAfter(e, file);
      throw e;
    }
  }

  private static void write(FileChannel out, byte[] content) throws IOException {
    ByteBuffer rest = ByteBuffer.wrap(content);
    while (rest.hasRemaining()) {
      out.write(rest);
    }
  }

  private static void removeAfter(IOException failure, Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  @Override
  public void overwrite(Path file, long size, byte[] content, int mode) throws IOException {
    try (FileChannel out = FileChannel.open(file, WRITE)) {
      write(out, content);
      if (size > content.length) {
        out.truncate(content.length);
      }
    }
    setMode(file, mode);
  }

  @Override
  public void setMode(Path file, int mode) throws IOException {
    Files.setPosixFilePermissions(file, permissions(mode));
  }

  private static final List<PosixFilePermission> FROM_THE_HIGHEST_BIT =
      List.of(
          PosixFilePermission.OWNER_READ,
          PosixFilePermission.OWNER_WRITE,
          PosixFilePermission.OWNER_EXECUTE,
          PosixFilePermission.GROUP_READ,
          PosixFilePermission.GROUP_WRITE,
          PosixFilePermission.GROUP_EXECUTE,
          PosixFilePermission.OTHERS_READ,
          PosixFilePermission.OTHERS_WRITE,
          PosixFilePermission.OTHERS_EXECUTE);

  private static Set<PosixFilePermission> permissions(int mode) {
    Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
    int bit = 0400;
    for (PosixFilePermission permission : FROM_THE_HIGHEST_BIT) {
      if ((mode & bit) != 0) {
        permissions.add(permission);
      }
      bit >>= 1;
    }
    return permissions;
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
  }
}

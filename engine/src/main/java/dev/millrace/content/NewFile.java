package dev.millrace.content;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** A file that is being written. Unless it is finished it is removed when closed. */
final class NewFile implements AutoCloseable {
  private static final Set<OpenOption> WRITE_NEW =
      Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);

  /** What its owner and others may do with a file. */
  record Mode(FileAttribute<?> attribute) {
    static final Mode READ_ONLY = of("r--r--r--");
    static final Mode READ_ONLY_EXECUTABLE = of("r-xr-xr-x");
    static final Mode OWN = of("rw-rw-rw-");
    static final Mode OWN_EXECUTABLE = of("rwxrwxrwx");

    private static Mode of(String permissions) {
      return new Mode(
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions)));
    }
  }

  private final Path file;
  private final Path directory;
  private final FileChannel channel;
  private boolean finished;

  private NewFile(Path file, Path directory, FileChannel channel) {
    this.file = file;
    this.directory = directory;
    this.channel = channel;
  }

  /**
   * Makes an empty file.
   *
   * @param directory of the engine, to be blamed for failures
   * @throws java.nio.file.FileAlreadyExistsException if it is there already
   */
  static NewFile create(Path file, Mode mode, Path directory) throws IOException {
    try {
      return new NewFile(file, directory, FileChannel.open(file, WRITE_NEW, mode.attribute()));
    } catch (IOException e) {
      throw StorageUnavailableException.blame(directory, e);
    }
  }

  /** Writes all of it, in pieces that the channel's hidden buffer can hold. */
  void write(byte[] content) throws IOException {
    for (int at = 0; at < content.length; at += FileCalls.SMALL) {
      int length = Math.min(FileCalls.SMALL, content.length - at);
      write(ByteBuffer.wrap(content, at, length));
    }
  }

  void write(ByteBuffer content) throws IOException {
    try {
      while (content.hasRemaining()) {
        channel.write(content);
      }
    } catch (IOException e) {
      throw StorageUnavailableException.blame(directory, e);
    }
  }

  /**
   * Copies without looking at the bytes, inside the kernel: the JDK uses {@code copy_file_range},
   * which shares the blocks (a reflink) where the file system can.
   */
  void copy(FileChannel in, long size) throws IOException {
    try {
      for (long at = 0; at < size; ) {
        long moved = in.transferTo(at, size - at, channel);
        if (moved <= 0) {
          throw new IOException("a file ended at byte " + at + " of " + size);
        }
        at += moved;
      }
    } catch (IOException e) {
      throw StorageUnavailableException.blame(directory, e);
    }
  }

  /** Moves a complete file to where it belongs, if it is not there yet. */
  @FunctionalInterface
  interface Mover {
    void move(Path file) throws IOException;
  }

  /** Has the file moved; if that fails, it is as if it had never been written. */
  void finish(Mover mover) throws IOException {
    try {
      channel.close();
      mover.move(file);
      finished = true;
    } catch (IOException e) {
      throw StorageUnavailableException.blame(directory, e);
    }
  }

  /** Removes the file if it was not finished. */
  @Override
  public void close() throws IOException {
    try (channel) {
      if (!finished) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw StorageUnavailableException.blame(directory, e);
    }
  }
}

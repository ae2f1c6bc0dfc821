package dev.millrace.daemon;

import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A stream of a client that this process opened a second time. That is the same stream to whoever
 * reads only for pipes and terminals: a file would have two positions in it.
 */
final class ClientOutput extends OutputStream {
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final ClientProcess client;
  private final FileChannel stream;
  private final boolean terminal;

  private ClientOutput(ClientProcess client, FileChannel stream, boolean terminal) {
    this.client = client;
    this.stream = stream;
    this.terminal = terminal;
  }

  /**
   * Opens a stream of a client.
   *
   * @param number where the client has it
   * @throws IOException if it is neither a pipe nor a device, or not to be opened by this user
   */
  static ClientOutput open(ClientProcess client, int number) throws IOException {
    Path file = client.descriptor(number);
    if (!Files.readAttributes(file, BasicFileAttributes.class).isOther()) {
      throw new IOException("descriptor " + number + " is neither a pipe nor a device");
    }
    boolean device = Files.readSymbolicLink(file).startsWith("/dev");
    if (device) {
      return new ClientOutput(client, FileChannel.open(file, StandardOpenOption.WRITE), true);
    }
    // To open a pipe for writing waits for a reader, and there may be none any more: `| true`.
    try (RandomAccessFile _ = new RandomAccessFile(file.toFile(), "rw")) {
      return new ClientOutput(client, FileChannel.open(file, StandardOpenOption.WRITE), false);
    }
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  /** Someone who stopped the client has the terminal for other things meanwhile. */
  @Override
  public void write(byte[] bytes, int from, int length) throws IOException {
    while (terminal && stream.isOpen() && client.isStopped()) {
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes, from, length);
    while (buffer.hasRemaining()) {
      stream.write(buffer);
    }
  }

  /** Closes it, also where another thread writes to it or waits to: that gets an exception. */
  @Override
  public void close() throws IOException {
    stream.close();
  }
}

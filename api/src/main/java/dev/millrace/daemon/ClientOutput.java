package dev.millrace.daemon;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
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
  private final FileOutputStream stream;
  private final boolean terminal;
  private volatile boolean cut;

  private ClientOutput(ClientProcess client, FileOutputStream stream, boolean terminal) {
    this.client = client;
    this.stream = stream;
    this.terminal = terminal;
  }

  /**
   * Opens a stream of a client.
   *
   * @param number 1 for stdout, 2 for stderr
   * @throws IOException if it is neither a pipe nor a device, or not to be opened by this user
   */
  static ClientOutput open(ClientProcess client, int number) throws IOException {
    Path file = client.descriptor(number);
    if (!Files.readAttributes(file, BasicFileAttributes.class).isOther()) {
      throw new IOException("descriptor " + number + " is neither a pipe nor a device");
    }
    boolean device = Files.readSymbolicLink(file).startsWith("/dev");
    if (device) {
      return new ClientOutput(client, new FileOutputStream(file.toFile(), true), true);
    }
    // To open a pipe for writing waits for a reader, and there may be none any more: `| true`.
    try (RandomAccessFile _ = new RandomAccessFile(file.toFile(), "rw")) {
      return new ClientOutput(client, new FileOutputStream(file.toFile(), true), false);
    }
  }

  /** From now on, nothing is written any more. */
  void cut() {
    cut = true;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  /** Someone who stopped the client has the terminal for other things meanwhile. */
  @Override
  public void write(byte[] bytes, int from, int length) throws IOException {
    while (terminal && !cut && client.isStopped()) {
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    if (cut) {
      throw new IOException("the client is gone");
    }
    stream.write(bytes, from, length);
  }

  @Override
  public void close() throws IOException {
    cut = true;
    stream.close();
  }
}

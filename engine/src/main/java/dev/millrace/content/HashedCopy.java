package dev.millrace.content;

import dev.millrace.digest.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Bytes on their way through a hash, in constant memory. */
final class HashedCopy {

  /** From this size on a second thread writes the copy. */
  private static final long LARGE = 1 << 20;

  private HashedCopy() {}

  /**
   * Reads {@code in} to its end and returns the digest of what came.
   *
   * @param expectedSize in bytes; a file that is as long as that takes one read less
   */
  static Digest hash(FileChannel in, long expectedSize) throws IOException {
    return pass(in, expectedSize, _ -> {});
  }

  /**
   * Copies {@code in} to its end and returns the digest of what was copied. A large file is hashed
   * here and written by another thread: each takes about half of the time.
   *
   * @param expectedSize in bytes; need not be right
   */
  static Digest copy(FileChannel in, NewFile out, long expectedSize) throws IOException {
    if (expectedSize < LARGE) {
      return pass(in, expectedSize, out::write);
    }
    try (WritingThread writer = new WritingThread(out)) {
      try (ContentHash hash = ContentHash.begin(expectedSize)) {
        ByteBuffer buffer = writer.next();
        while (in.read(buffer) > 0) {
          ByteBuffer hashed = buffer.flip().duplicate();
          writer.write(buffer);
          hash.update(hashed);
          buffer = writer.next();
        }
        writer.write(buffer.flip());
        writer.finish();
        return hash.finish();
      }
    }
  }

  /** Is given all bytes in order. */
  @FunctionalInterface
  private interface Sink {
    void write(ByteBuffer bytes) throws IOException;
  }

  private static Digest pass(FileChannel in, long expectedSize, Sink sink) throws IOException {
    ByteBuffer buffer = DirectBuffers.take();
    try (ContentHash hash = ContentHash.begin(expectedSize)) {
      long size = 0;
      boolean ended = false;
      while (!ended) {
        size += Math.max(0, in.read(buffer));
        ended = buffer.position() == 0 || (size == expectedSize && buffer.hasRemaining());
        hash.update(buffer.flip().duplicate());
        sink.write(buffer);
        buffer.clear();
      }
      return hash.finish();
    } finally {
      DirectBuffers.giveBack(buffer);
    }
  }

  /**
   * Copies a stream whose first bytes were read already, and returns the digest of it all.
   *
   * @param first buffer that holds the first bytes; used on
   * @param length how many there are
   */
  static Digest copy(InputStream in, byte[] first, int length, NewFile out) throws IOException {
    try (ContentHash hash = ContentHash.begin(length)) {
      for (int read = length; read > 0; read = in.readNBytes(first, 0, first.length)) {
        hash.update(ByteBuffer.wrap(first, 0, read));
        out.write(ByteBuffer.wrap(first, 0, read));
      }
      return hash.finish();
    }
  }
}

package dev.millrace.content;

import dev.millrace.digest.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * Bytes on their way through a hash, in constant memory. A heap buffer of 64 KiB is as fast as
 * mapped or direct memory here: the hash takes nearly all the time.
 */
final class HashedCopy {
  static final int BUFFER = 64 * 1024;

  private HashedCopy() {}

  /** Reads {@code in} to its end and returns the digest of what came. */
  static Digest hash(FileChannel in, long expectedSize) throws IOException {
    return copy(in, null, expectedSize);
  }

  /**
   * Copies {@code in} to its end and returns the digest of what was copied.
   *
   * @param out where to, or null to hash only
   * @param expectedSize a hint for the size of the buffer
   */
  static Digest copy(FileChannel in, @Nullable FileChannel out, long expectedSize)
      throws IOException {
    MessageDigest hash = Digest.sha256();
    byte[] bytes = new byte[(int) Math.min(BUFFER, Math.max(1, expectedSize))];
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    long size = 0;
    for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
      hash.update(bytes, 0, read);
      size += read;
      if (out != null) {
        writeAll(out, buffer.flip());
      }
      buffer.clear();
    }
    return Digest.ofHash(hash.digest(), size);
  }

  /**
   * Copies a stream whose first bytes were read already, and returns the digest of it all.
   *
   * @param first buffer that holds the first bytes; used on
   * @param length how many there are
   */
  static Digest copy(InputStream in, byte[] first, int length, FileChannel out) throws IOException {
    MessageDigest hash = Digest.sha256();
    long size = 0;
    for (int read = length; read > 0; read = in.readNBytes(first, 0, first.length)) {
      hash.update(first, 0, read);
      size += read;
      writeAll(out, ByteBuffer.wrap(first, 0, read));
    }
    return Digest.ofHash(hash.digest(), size);
  }

  /** Writes all of {@code content}, in pieces that the channel's hidden buffer can hold. */
  static void write(FileChannel out, byte[] content) throws IOException {
    for (int at = 0; at < content.length; at += BUFFER) {
      writeAll(out, ByteBuffer.wrap(content, at, Math.min(BUFFER, content.length - at)));
    }
  }

  private static void writeAll(FileChannel out, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      out.write(buffer);
    }
  }

  /**
   * Copies without looking at the bytes, inside the kernel: the JDK uses {@code copy_file_range},
   * which shares the blocks (a reflink) where the file system can.
   */
  static void copyInKernel(FileChannel in, FileChannel out, long size) throws IOException {
    for (long at = 0; at < size; ) {
      long moved = in.transferTo(at, size - at, out);
      if (moved <= 0) {
        throw new IOException("the file ended at byte " + at + " of " + size);
      }
      at += moved;
    }
  }
}

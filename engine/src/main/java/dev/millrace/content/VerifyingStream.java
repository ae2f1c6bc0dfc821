package dev.millrace.content;

import dev.millrace.digest.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Objects;

/**
 * Reads a blob and hashes on the way. The last bytes are handed out only after the whole has been
 * found to match: who reads a blob to its end has read the right bytes.
 */
final class VerifyingStream extends InputStream {
  private final FileChannel in;
  private final Digest expected;
  private final BlobOutlet store;
  private final ContentHash hash;
  private long count;

  VerifyingStream(FileChannel in, Digest expected, BlobOutlet store) {
    this.in = in;
    this.expected = expected;
    this.store = store;
    hash = ContentHash.begin(expected.size());
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, target.length);
    if (length == 0) {
      return 0;
    }
    if (count == expected.size()) {
      return -1;
    }
    int wanted = (int) Math.min(Math.min(length, FileCalls.SMALL), expected.size() - count);
    int read = read(ByteBuffer.wrap(target, offset, wanted));
    if (read < 0) {
      throw store.corrupt(expected);
    }
    hash.update(ByteBuffer.wrap(target, offset, read));
    count += read;
    if (count == expected.size() && !hash.finish().equals(expected)) {
      throw store.corrupt(expected);
    }
    return read;
  }

  private int read(ByteBuffer target) throws IOException {
    try {
      return in.read(target);
    } catch (IOException e) {
      throw store.unreadable(e);
    }
  }

  @Override
  public void close() throws IOException {
    try (hash) {
      in.close();
    }
  }
}

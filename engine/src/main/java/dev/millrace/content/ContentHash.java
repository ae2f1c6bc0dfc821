package dev.millrace.content;

import dev.millrace.content.Libcrypto.Hasher;
import dev.millrace.digest.Digest;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/** The name of a blob while its bytes pass by. For use by one thread; to be closed. */
abstract sealed class ContentHash implements AutoCloseable {

  /** So much is hashed before {@link Libcrypto} is looked for: to load it takes as long. */
  private static final long LITTLE = 4 << 20;

  private static final AtomicLong HASHED = new AtomicLong();

  private long size;

  private ContentHash() {}

  /**
   * Begins a hash by whatever way is fastest.
   *
   * @param expectedSize of the blob, in bytes; need not be right
   */
  static ContentHash begin(long expectedSize) {
    if (HASHED.addAndGet(expectedSize) < LITTLE) {
      return new OfJava();
    }
    FileCalls.expectMany();
    Libcrypto library = Libcrypto.get();
    return library == null ? new OfJava() : OfLibrary.begin(library);
  }

  /** Returns the digest of some bytes. */
  static Digest of(byte[] content) {
    try (ContentHash hash = begin(content.length)) {
      hash.update(ByteBuffer.wrap(content));
      return hash.finish();
    }
  }

  /** Adds what is left in the buffer, which is empty afterwards. */
  final void update(ByteBuffer bytes) {
    size += bytes.remaining();
    add(bytes);
  }

  /** Returns the digest of all that was added. To be called once. */
  final Digest finish() {
    return Digest.ofHash(end(), size);
  }

  abstract void add(ByteBuffer bytes);

  abstract byte[] end();

  @Override
  public abstract void close();

  /** The hash of the Java platform. */
  private static final class OfJava extends ContentHash {
    private final MessageDigest hash = Digest.sha256();

    @Override
    void add(ByteBuffer bytes) {
      hash.update(bytes);
    }

    @Override
    byte[] end() {
      return hash.digest();
    }

    @Override
    public void close() {}
  }

  /** The hash of OpenSSL, by a hasher that is used again. */
  private static final class OfLibrary extends ContentHash {
    private static final int HASH_BYTES = 32;
    private static final ConcurrentLinkedQueue<Hasher> UNUSED = new ConcurrentLinkedQueue<>();

    private final Hasher hasher;
    private boolean closed;

    private OfLibrary(Hasher hasher) {
      this.hasher = hasher;
    }

    static OfLibrary begin(Libcrypto library) {
      Hasher unused = UNUSED.poll();
      Hasher hasher = unused != null ? unused : new Hasher(library, FileCalls.SMALL);
      hasher.begin();
      return new OfLibrary(hasher);
    }

    @Override
    void add(ByteBuffer bytes) {
      hasher.update(bytes);
    }

    @Override
    byte[] end() {
      byte[] hash = new byte[HASH_BYTES];
      hasher.finish(hash);
      return hash;
    }

    @Override
    public void close() {
      if (!closed) {
        closed = true;
        UNUSED.add(hasher);
      }
    }
  }
}

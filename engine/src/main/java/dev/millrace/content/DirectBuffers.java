package dev.millrace.content;

import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Buffers outside the heap, which are dear to make and are used again. */
final class DirectBuffers {
  private static final int SIZE = 256 * 1024;
  private static final int MOST = 32;

  private static final ConcurrentLinkedQueue<ByteBuffer> UNUSED = new ConcurrentLinkedQueue<>();
  private static final AtomicInteger COUNT = new AtomicInteger();

  private DirectBuffers() {}

  /** Returns an empty buffer. */
  static ByteBuffer take() {
    ByteBuffer buffer = UNUSED.poll();
    if (buffer == null) {
      return ByteBuffer.allocateDirect(SIZE);
    }
    COUNT.decrementAndGet();
    return buffer.clear();
  }

  /** Takes a buffer that its user is done with. */
  static void giveBack(ByteBuffer buffer) {
    if (COUNT.incrementAndGet() <= MOST) {
      UNUSED.add(buffer);
    } else {
      COUNT.decrementAndGet();
    }
  }
}

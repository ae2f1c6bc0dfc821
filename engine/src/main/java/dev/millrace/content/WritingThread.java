package dev.millrace.content;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Writes to a file behind the thread that reads. A few buffers go round between the two, so that a
 * file of any size takes the same memory.
 */
final class WritingThread implements AutoCloseable {
  private static final int MOST_BUFFERS = 8;
  private static final ByteBuffer END = ByteBuffer.allocate(0);

  private final NewFile out;
  private final BlockingQueue<ByteBuffer> written = new LinkedBlockingQueue<>();
  private final BlockingQueue<ByteBuffer> waiting = new LinkedBlockingQueue<>();
  private final Thread thread;
  private int buffers;
  private volatile @Nullable Throwable failure;

  WritingThread(NewFile out) {
    this.out = out;
    thread = Thread.ofPlatform().daemon().name("millrace-copy").start(this::run);
  }

  /** After a failure the buffers go on round, so that nobody waits for one in vain. */
  @SuppressWarnings(
      "ReferenceEquality") // the last buffer is known by what it is, not by what it holds
  private void run() {
    for (ByteBuffer next = take(waiting); next != END; next = take(waiting)) {
      try {
        if (failure == null) {
          out.write(next);
        }
      } catch (IOException | RuntimeException | Error e) {
        failure = e;
      }
      written.add(next);
    }
  }

  private static ByteBuffer take(BlockingQueue<ByteBuffer> queue) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return queue.take();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * Returns an empty buffer, when there is one.
   *
   * @throws IOException if an earlier one could not be written
   */
  ByteBuffer next() throws IOException {
    rethrow();
    ByteBuffer free = written.poll();
    if (free == null && buffers < MOST_BUFFERS) {
      buffers++;
      return DirectBuffers.take();
    }
    return (free != null ? free : take(written)).clear();
  }

  /** Has a buffer written, which must not be changed until {@link #next} returns it. */
  void write(ByteBuffer bytes) {
    waiting.add(bytes);
  }

  /**
   * Returns when all has been written.
   *
   * @throws IOException if something could not be
   */
  void finish() throws IOException {
    close();
    rethrow();
  }

  private void rethrow() throws IOException {
    switch (failure) {
      case null -> {}
      case IOException e -> throw e;
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case Throwable e -> throw new IllegalStateException(e);
    }
  }

  /** Ends the thread when it has written what it was given. */
  @Override
  public void close() {
    waiting.add(END);
    InParallel.joinUninterruptibly(thread);
    for (ByteBuffer free = written.poll(); free != null; free = written.poll()) {
      DirectBuffers.giveBack(free);
    }
  }
}

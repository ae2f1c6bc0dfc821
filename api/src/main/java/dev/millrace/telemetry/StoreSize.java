package dev.millrace.telemetry;

import dev.millrace.content.BlobInventory;
import java.io.IOException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * How much a content store holds, counted now and then. A large store takes long to count: the
 * longer it took, the longer is the pause, so that counting never takes more than a small part of
 * the time.
 */
final class StoreSize implements AutoCloseable {
  private static final long SHORTEST_PAUSE_NANOS = TimeUnit.MINUTES.toNanos(2);
  private static final long PAUSE_FACTOR = 100;

  private final BlobInventory inventory;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("millrace-store-size").factory());
  private volatile Counted counted = new Counted(Double.NaN, Double.NaN);
  private volatile boolean closed;

  private record Counted(double blobs, double bytes) {}

  /** Ends a count that is under way. */
  private static final class ClosedException extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  StoreSize(BlobInventory inventory) {
    this.inventory = inventory;
    thread.execute(this::count);
  }

  private void count() {
    long begun = System.nanoTime();
    long[] sums = new long[2];
    try {
      inventory.forEach(
          blob -> {
            if (closed) {
              throw new ClosedException();
            }
            sums[0]++;
            sums[1] += blob.digest().size();
          });
      counted = new Counted(sums[0], sums[1]);
    } catch (IOException e) {
      // What was counted last is shown until it can be counted again.
    } catch (ClosedException e) {
      return;
    }
    long pause = Math.max(SHORTEST_PAUSE_NANOS, PAUSE_FACTOR * (System.nanoTime() - begun));
    try {
      var _ = thread.schedule(this::count, pause, TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      // It was closed meanwhile.
    }
  }

  /** Returns the number of blobs, or NaN before the first count. */
  double blobs() {
    return counted.blobs;
  }

  /** Returns the sum of their sizes. Likewise. */
  double bytes() {
    return counted.bytes;
  }

  @Override
  public void close() {
    closed = true;
    thread.shutdownNow();
  }
}

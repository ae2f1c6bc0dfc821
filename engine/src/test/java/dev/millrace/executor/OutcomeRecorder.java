package dev.millrace.executor;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/** A listener that remembers what it was told, and can be waited for. */
public final class OutcomeRecorder implements ExecutionListener {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final AtomicInteger count = new AtomicInteger();
  private final CompletableFuture<ExecutionOutcome> first = new CompletableFuture<>();
  private final Runnable atEnd;

  /** Makes a recorder. */
  public OutcomeRecorder() {
    this(() -> {});
  }

  /**
   * Makes a recorder that acts when it is told, on the executor's thread.
   *
   * @param atEnd may throw, as a listener must not
   */
  public OutcomeRecorder(Runnable atEnd) {
    this.atEnd = atEnd;
  }

  @Override
  public void ended(ExecutionOutcome outcome) {
    count.incrementAndGet();
    try {
      atEnd.run();
    } finally {
      first.complete(outcome);
    }
  }

  /** Returns how often it was told an end. */
  public int count() {
    return count.get();
  }

  /** Tells whether it was told an end. */
  public boolean isEnded() {
    return first.isDone();
  }

  /** Returns the first outcome; waits for it up to a minute. */
  public ExecutionOutcome await() {
    try {
      return first.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("no end was told within " + PATIENCE, e);
    } catch (InterruptedException | ExecutionException e) {
      throw new AssertionError("waiting for an end failed", e);
    }
  }
}

package dev.millrace.executors.docker;

import com.github.dockerjava.api.async.ResultCallback;
import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An answer of the Docker Engine that comes in pieces, which a thread of the connection hands on
 * one after another. Whatever happens to it, whoever waits for its start or its end is woken.
 */
final class EngineStream<T> implements ResultCallback<T> {
  private final Consumer<T> sink;
  private final CompletableFuture<Boolean> started = new CompletableFuture<>();
  private final CompletableFuture<Boolean> ended = new CompletableFuture<>();
  private @Nullable Closeable stream;
  private boolean closed;

  /**
   * Prepares to listen.
   *
   * @param sink takes the pieces; if it throws, the stream ends
   */
  EngineStream(Consumer<T> sink) {
    this.sink = sink;
  }

  @Override
  public void onStart(Closeable opened) {
    boolean late;
    synchronized (this) {
      stream = opened;
      late = closed;
    }
    if (late) {
      closeQuietly(opened);
    }
    started.complete(true);
  }

  @Override
  public void onNext(T piece) {
    sink.accept(piece);
  }

  @Override
  public void onError(Throwable failure) {
    started.completeExceptionally(failure);
    ended.completeExceptionally(failure);
  }

  @Override
  public void onComplete() {
    started.complete(true);
    ended.complete(true);
  }

  /**
   * Waits until the Docker Engine has begun to answer.
   *
   * @throws RuntimeException if it refuses, or does not answer
   */
  EngineStream<T> awaitStart() throws InterruptedException {
    try {
      boolean _ = started.get();
      return this;
    } catch (ExecutionException e) {
      throw unwrapped(e.getCause());
    }
  }

  private static RuntimeException unwrapped(@Nullable Throwable failure) {
    return failure instanceof RuntimeException unchecked
        ? unchecked
        : new IllegalStateException(failure);
  }

  /** Waits for the end; returns what broke the stream off, or null if it is whole. */
  @Nullable Throwable awaitEnd() throws InterruptedException {
    try {
      boolean _ = ended.get();
      return null;
    } catch (ExecutionException e) {
      return e.getCause();
    }
  }

  /** Ends it: what comes later is not taken any more. */
  @Override
  public void close() {
    Closeable opened;
    synchronized (this) {
      closed = true;
      opened = stream;
    }
    if (opened != null) {
      closeQuietly(opened);
    }
  }

  private static void closeQuietly(Closeable opened) {
    try {
      opened.close();
    } catch (IOException | RuntimeException e) {
      // Nobody wants any more of it.
    }
  }
}

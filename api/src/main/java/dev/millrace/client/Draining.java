package dev.millrace.client;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.WriteStream;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/** Writes to a stream that may block, one piece after the other. Lives on one context. */
final class Draining implements WriteStream<Buffer> {
  private static final int FULL = 256 << 10;

  private final Vertx vertx;
  private final OutputStream out;
  private int pending;
  private @Nullable Handler<Void> drained;
  private @Nullable Handler<Throwable> failed;

  Draining(Vertx vertx, OutputStream out) {
    this.vertx = vertx;
    this.out = out;
  }

  @Override
  public Future<Void> write(Buffer data) {
    pending += data.length();
    return vertx
        .executeBlocking(
            () -> {
              out.write(data.getBytes());
              return data;
            })
        .onComplete(result -> wrote(data.length(), result.cause()))
        .mapEmpty();
  }

  private void wrote(int length, @Nullable Throwable failure) {
    pending -= length;
    Handler<Throwable> told = failed;
    if (failure != null && told != null) {
      told.handle(failure);
    }
    Handler<Void> ready = drained;
    if (ready != null && !writeQueueFull()) {
      drained = null;
      ready.handle(null);
    }
  }

  @Override
  public Future<Void> end() {
    return vertx
        .executeBlocking(
            () -> {
              out.flush();
              return out;
            })
        .mapEmpty();
  }

  @Override
  public Draining setWriteQueueMaxSize(int maxSize) {
    return this;
  }

  @Override
  public boolean writeQueueFull() {
    return pending >= FULL;
  }

  @Override
  public Draining drainHandler(@Nullable Handler<Void> handler) {
    drained = handler;
    return this;
  }

  @Override
  public Draining exceptionHandler(@Nullable Handler<Throwable> handler) {
    failed = handler;
    return this;
  }
}

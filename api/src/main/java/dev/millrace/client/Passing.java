package dev.millrace.client;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.WriteStream;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Shows somebody what passes, on its way to where it goes. */
final class Passing implements WriteStream<Buffer> {
  private final WriteStream<Buffer> out;
  private final Consumer<Buffer> seen;
  private volatile Future<Void> last = Future.succeededFuture();

  Passing(WriteStream<Buffer> out, Consumer<Buffer> seen) {
    this.out = out;
    this.seen = seen;
  }

  @Override
  public Future<Void> write(Buffer data) {
    seen.accept(data);
    last = out.write(data);
    return last;
  }

  /** Completes when the last that has passed was taken. */
  Future<Void> settled() {
    return last;
  }

  @Override
  public Future<Void> end() {
    return out.end();
  }

  @Override
  public Passing setWriteQueueMaxSize(int maxSize) {
    out.setWriteQueueMaxSize(maxSize);
    return this;
  }

  @Override
  public boolean writeQueueFull() {
    return out.writeQueueFull();
  }

  @Override
  public Passing drainHandler(@Nullable Handler<Void> handler) {
    out.drainHandler(handler);
    return this;
  }

  @Override
  public Passing exceptionHandler(@Nullable Handler<Throwable> handler) {
    out.exceptionHandler(handler);
    return this;
  }
}

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

  Passing(WriteStream<Buffer> out, Consumer<Buffer> seen) {
    this.out = out;
    this.seen = seen;
  }

  @Override
  public Future<Void> write(Buffer data) {
    seen.accept(data);
    return out.write(data);
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

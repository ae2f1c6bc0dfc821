package dev.millrace.http;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.WriteStream;
import org.jspecify.annotations.Nullable;

/** Passes bytes on until there are more than there may be: then it fails. */
final class Bounded implements WriteStream<Buffer> {
  private final WriteStream<Buffer> out;
  private final long most;
  private long passed;

  Bounded(WriteStream<Buffer> out, long most) {
    this.out = out;
    this.most = most;
  }

  @Override
  public Future<Void> write(Buffer data) {
    passed += data.length();
    return passed > most
        ? Future.failedFuture(ApiException.tooLarge("a blob may have " + most + " bytes at most"))
        : out.write(data);
  }

  @Override
  public Future<Void> end() {
    return out.end();
  }

  @Override
  public Bounded setWriteQueueMaxSize(int maxSize) {
    out.setWriteQueueMaxSize(maxSize);
    return this;
  }

  @Override
  public boolean writeQueueFull() {
    return out.writeQueueFull();
  }

  @Override
  public Bounded drainHandler(@Nullable Handler<Void> handler) {
    out.drainHandler(handler);
    return this;
  }

  @Override
  public Bounded exceptionHandler(@Nullable Handler<Throwable> handler) {
    out.exceptionHandler(handler);
    return this;
  }
}

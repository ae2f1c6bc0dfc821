package dev.millrace.http;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.Callable;

/** Threads for what must not hold a connection's context up: reading, hashing, committing. */
final class Waiting {
  private final Vertx vertx;

  Waiting(Vertx vertx) {
    this.vertx = vertx;
  }

  /** Calls on a thread that may wait; the future completes on the caller's context. */
  @SuppressWarnings("NullAway") // it completes with what the call returns, which is not null
  <T> Future<T> call(Callable<T> call) {
    return vertx.executeBlocking(call, false);
  }
}

package dev.millrace.http;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** Threads for what must not hold a connection's context up: reading, hashing, committing. */
final class Waiting {
  private final Vertx vertx;
  private final @Nullable WorkerExecutor own;

  Waiting(Vertx vertx) {
    this.vertx = vertx;
    own = null;
  }

  /**
   * Has threads of its own, for what must be answered also when all others wait.
   *
   * @param name of the threads
   */
  Waiting(Vertx vertx, String name, int threads) {
    this.vertx = vertx;
    own = vertx.createSharedWorkerExecutor(name, threads);
  }

  /** Calls on a thread that may wait; the future completes on the caller's context. */
  @SuppressWarnings("NullAway") // it completes with what the call returns, which is not null
  <T> Future<T> call(Callable<T> call) {
    return own == null ? vertx.executeBlocking(call, false) : own.executeBlocking(call, false);
  }
}

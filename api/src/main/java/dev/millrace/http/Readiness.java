package dev.millrace.http;

import dev.millrace.runtime.Engine;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Whether a server can do its work, and if not, why. Safe for use by many threads. */
final class Readiness {
  private static final long PATIENCE_SECONDS = 2;

  private final Engine engine;
  private volatile boolean stopping;

  Readiness(Engine engine) {
    this.engine = engine;
  }

  /** Says that nothing more is to be sent here. */
  void stop() {
    stopping = true;
  }

  /** Returns whether the server is on its way out. */
  boolean isStopping() {
    return stopping;
  }

  /** Returns why nothing should be sent here, or nothing. May wait for the engine for a moment. */
  Optional<String> unfit() {
    if (stopping) {
      return Optional.of("the server is shutting down");
    }
    Optional<String> unfit = engine.unfit();
    return unfit.isPresent() || answers()
        ? unfit
        : Optional.of("the engine has not answered for " + PATIENCE_SECONDS + " seconds");
  }

  private boolean answers() {
    try {
      var _ = engine.load().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (ExecutionException | TimeoutException e) {
      return false;
    }
  }
}

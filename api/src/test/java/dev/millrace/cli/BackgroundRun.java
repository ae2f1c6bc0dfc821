package dev.millrace.cli;

import dev.millrace.cli.Shell.Done;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A command that goes on in this process while others are given. */
final class BackgroundRun {
  private static final long PATIENCE_SECONDS = 60;

  private final CompletableFuture<Done> done;

  private BackgroundRun(CompletableFuture<Done> done) {
    this.done = done;
  }

  static BackgroundRun start(Shell shell, String... words) {
    CompletableFuture<Done> done = new CompletableFuture<>();
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              try {
                done.complete(shell.millrace(words));
              } catch (RuntimeException | Error e) {
                done.completeExceptionally(e);
              }
            });
    return new BackgroundRun(done);
  }

  /** Waits until the command has ended. */
  Done await() {
    try {
      return done.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new AssertionError("the command has not ended", e);
    }
  }
}

package dev.millrace.executors.none;

import dev.millrace.executor.Execution;
import dev.millrace.executor.ExecutionListener;
import dev.millrace.executor.ExecutionOutcome;
import dev.millrace.executor.ExecutionOutcome.Cancelled;
import dev.millrace.executor.ExecutionOutcome.Exited;
import dev.millrace.executor.ExecutionRequest;
import dev.millrace.executor.ResourceUsage;
import dev.millrace.executor.TaskExecutor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * Runs nothing: each attempt has succeeded as soon as it was started, with no file touched. What a
 * run costs with it is what the engine costs.
 *
 * <p>One thread, made by the first attempt, tells all ends in the order of the starts; it has to be
 * woken only for those that find it idle.
 */
public final class NullTaskExecutor implements TaskExecutor {
  static final String NAME = "null";

  private static final ExecutionOutcome SUCCESS = new Exited(0, ResourceUsage.NONE);
  private static final ExecutionOutcome REFUSAL = new Cancelled(ResourceUsage.NONE);
  private static final Execution OVER = () -> {};
  private static final ThreadFactory THREADS =
      Thread.ofPlatform().daemon().name("millrace-null").factory();

  private final ExecutorService teller = Executors.newSingleThreadExecutor(THREADS);

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean usesSandbox() {
    return false;
  }

  @Override
  public Execution start(ExecutionRequest request, ExecutionListener listener) {
    try {
      teller.execute(() -> listener.ended(SUCCESS));
    } catch (RejectedExecutionException e) {
      THREADS.newThread(() -> listener.ended(REFUSAL)).start();
    }
    return OVER;
  }

  /** Must not be called by a listener, whose return it would wait for. */
  @Override
  public void close() {
    teller.shutdown();
    boolean interrupted = false;
    while (!teller.isTerminated()) {
      try {
        boolean _ = teller.awaitTermination(1, TimeUnit.MINUTES);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}

package dev.millrace.runtime;

import dev.millrace.executor.Execution;
import dev.millrace.executor.ExecutionOutcome;
import dev.millrace.executor.TaskExecutor;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Runs attempts on this machine: one sandbox and one execution each. */
final class LocalWorker implements AutoCloseable {
  private final String name;
  private final Map<String, TaskExecutor> executors;
  private final AttemptSandbox.Factory sandboxes;
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          Thread.ofPlatform().daemon().name("millrace-attempt-", 0).factory());

  LocalWorker(String name, Map<String, TaskExecutor> executors, AttemptSandbox.Factory sandboxes) {
    this.name = name;
    this.executors = Map.copyOf(executors);
    this.sandboxes = sandboxes;
  }

  String name() {
    return name;
  }

  /**
   * Starts an attempt.
   *
   * @param listener told once how it ended, from any thread
   */
  RunningAttempt start(Assignment assignment, Consumer<AttemptReport> listener) {
    RunningAttempt attempt = new RunningAttempt(assignment, listener);
    threads.execute(attempt::begin);
    return attempt;
  }

  /** An attempt between its start and its report. */
  final class RunningAttempt {
    private final Assignment assignment;
    private final Consumer<AttemptReport> listener;
    private @Nullable Execution execution;
    private boolean cancelled;

    private RunningAttempt(Assignment assignment, Consumer<AttemptReport> listener) {
      this.assignment = assignment;
      this.listener = listener;
    }

    /** Asks for the attempt's end. */
    void cancel() {
      Execution running;
      synchronized (this) {
        cancelled = true;
        running = execution;
      }
      if (running != null) {
        running.cancel();
      }
    }

    private void begin() {
      String wanted = assignment.prepared().demand().executor();
      TaskExecutor executor = executors.get(wanted);
      if (executor == null) {
        throw new IllegalStateException("a task for executor " + wanted + " was placed here");
      }
      AttemptSandbox sandbox = sandboxes.prepare(assignment);
      switch (sandbox) {
        case AttemptSandbox.Refused(var report) -> listener.accept(report);
        case AttemptSandbox.Made made -> run(executor, made);
      }
    }

    private void run(TaskExecutor executor, AttemptSandbox.Made sandbox) {
      if (isCancelled()) {
        listener.accept(sandbox.discard());
        return;
      }
      Execution started = executor.start(sandbox.request(), outcome -> ended(sandbox, outcome));
      boolean cancelNow;
      synchronized (this) {
        execution = started;
        cancelNow = cancelled;
      }
      if (cancelNow) {
        started.cancel();
      }
    }

    private void ended(AttemptSandbox.Made sandbox, ExecutionOutcome outcome) {
      listener.accept(sandbox.finish(outcome));
    }

    private synchronized boolean isCancelled() {
      return cancelled;
    }
  }

  /** Kills what still runs. */
  @Override
  public void close() {
    executors.values().forEach(TaskExecutor::close);
    threads.shutdown();
  }
}

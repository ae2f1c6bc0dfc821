package dev.millrace.runtime;

import dev.millrace.executor.Execution;
import dev.millrace.executor.ExecutionOutcome;
import dev.millrace.executor.TaskExecutor;
import dev.millrace.run.Failure;
import dev.millrace.run.FailureKind;
import dev.millrace.schedule.Demand;
import dev.millrace.schedule.WorkerSlots;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * Runs attempts on this machine: one sandbox and one execution each. Its own count of what is free
 * is what counts: it may be given more than fits, and begins those in order as others end.
 */
final class LocalWorker implements AutoCloseable {
  private final String name;
  private final Map<String, TaskExecutor> executors;
  private final AttemptSandbox.Factory sandboxes;
  private final WorkerSlots slots;
  private final Deque<RunningAttempt> waiting = new ArrayDeque<>();
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          Thread.ofPlatform().daemon().name("millrace-attempt-", 0).factory());

  LocalWorker(
      String name,
      Map<String, Double> resources,
      Map<String, TaskExecutor> executors,
      AttemptSandbox.Factory sandboxes) {
    this.name = name;
    this.executors = Map.copyOf(executors);
    this.sandboxes = sandboxes;
    slots = new WorkerSlots(this.executors.keySet(), resources);
  }

  /** Is told once how an attempt ended, from any thread. */
  @FunctionalInterface
  interface Listener {
    /**
     * Called at the end.
     *
     * @param millis how long the attempt took, from its sandbox to its results
     */
    void ended(AttemptReport report, long millis);
  }

  String name() {
    return name;
  }

  /** Takes an attempt on: begins it now, or when there is room. */
  RunningAttempt start(Assignment assignment, Listener listener) {
    RunningAttempt attempt = new RunningAttempt(assignment, listener);
    synchronized (waiting) {
      waiting.add(attempt);
    }
    beginWaiting();
    return attempt;
  }

  /** Returns how many attempts it was given that have not begun. */
  int waiting() {
    synchronized (waiting) {
      return waiting.size();
    }
  }

  private void beginWaiting() {
    List<RunningAttempt> fitting = new ArrayList<>(2);
    synchronized (waiting) {
      while (!waiting.isEmpty() && slots.fits(waiting.getFirst().demand())) {
        RunningAttempt next = waiting.removeFirst();
        slots.take(next.demand());
        fitting.add(next);
      }
    }
    for (RunningAttempt attempt : fitting) {
      threads.execute(attempt::begin);
    }
  }

  private void release(Demand demand) {
    synchronized (waiting) {
      slots.release(demand);
    }
    beginWaiting();
  }

  /** An attempt between its start and its report. */
  final class RunningAttempt {
    private final Assignment assignment;
    private final Listener listener;
    private @Nullable Execution execution;
    private boolean cancelled;
    private long startedNanos;

    private RunningAttempt(Assignment assignment, Listener listener) {
      this.assignment = assignment;
      this.listener = listener;
    }

    private Demand demand() {
      return assignment.prepared().demand();
    }

    /** Asks for the attempt's end. */
    void cancel() {
      Execution running;
      boolean waited;
      synchronized (waiting) {
        waited = waiting.remove(this);
      }
      if (waited) {
        listener.ended(new AttemptReport.Stopped(), 0);
        return;
      }
      synchronized (this) {
        cancelled = true;
        running = execution;
      }
      if (running != null) {
        running.cancel();
      }
    }

    private void begin() {
      startedNanos = System.nanoTime();
      String wanted = demand().executor();
      TaskExecutor executor = executors.get(wanted);
      if (executor == null) {
        throw new IllegalStateException("a task for executor " + wanted + " was placed here");
      }
      try {
        switch (sandboxes.prepare(assignment)) {
          case AttemptSandbox.Refused(var report) -> report(report);
          case AttemptSandbox.Made made -> run(executor, made);
        }
      } catch (RuntimeException | Error e) {
        report(
            new AttemptReport.Broken(
                Failure.of(FailureKind.ENGINE, "the attempt could not be started: " + e)));
      }
    }

    private void run(TaskExecutor executor, AttemptSandbox.Made sandbox) {
      if (isCancelled()) {
        report(sandbox.discard());
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
      report(sandbox.finish(outcome));
    }

    private void report(AttemptReport report) {
      long millis = (System.nanoTime() - startedNanos) / 1_000_000;
      release(demand());
      listener.ended(report, millis);
    }

    private synchronized boolean isCancelled() {
      return cancelled;
    }
  }

  /** Kills what still runs. */
  @Override
  public void close() {
    synchronized (waiting) {
      waiting.clear();
    }
    executors.values().forEach(TaskExecutor::close);
    threads.shutdown();
  }
}

package dev.millrace.runtime;

import dev.millrace.content.StorageUnavailableException;
import dev.millrace.dispatch.Assignment;
import dev.millrace.dispatch.AttemptRef;
import dev.millrace.dispatch.AttemptReport;
import dev.millrace.dispatch.AttemptRunner;
import dev.millrace.executor.Execution;
import dev.millrace.executor.ExecutionOutcome;
import dev.millrace.executor.TaskExecutor;
import dev.millrace.run.Failure;
import dev.millrace.run.FailureKind;
import java.io.IOException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs attempts on this machine: one sandbox and one execution each.
 *
 * <p>What this machine has no room for at the moment (a full disk, no further process) is no
 * failure of the attempt: it stays where it is and is tried again, and the worker is said to be
 * stalled until it goes on. That includes a command that failed while the disk was full: it is run
 * again in a new sandbox.
 *
 * <p>The sandbox of an attempt that is expected is made while its start is being committed, on the
 * thread that then runs it.
 */
final class SandboxedAttempts implements AttemptRunner, AutoCloseable {
  /** How long a sandbox is kept for an attempt that is expected. */
  private static final long EXPECTED_MILLIS = 1_000;

  /** How long closing waits for threads that wait for nothing themselves. */
  private static final long CLOSING_SECONDS = 10;

  private final Map<String, TaskExecutor> executors;
  private final AttemptSandbox.Factory sandboxes;
  private final Stalls stalls;
  private final DiskSpace space;
  private final Set<String> expected = new HashSet<>();
  private final Map<AttemptRef, LiveAttempt> live = new ConcurrentHashMap<>();
  private final Map<AttemptRef, Ahead> ahead = new ConcurrentHashMap<>();
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          Thread.ofPlatform().daemon().name("millrace-attempt-", 0).factory());

  /**
   * @param executors by name; closed with this
   * @param space where attempts work
   */
  SandboxedAttempts(
      Map<String, TaskExecutor> executors,
      AttemptSandbox.Factory sandboxes,
      Stalls stalls,
      DiskSpace space) {
    this.executors = Map.copyOf(executors);
    this.sandboxes = sandboxes;
    this.stalls = stalls;
    this.space = space;
  }

  @Override
  public Running start(Assignment assignment, Consumer<AttemptReport> ended) {
    String wanted = assignment.prepared().demand().executor();
    TaskExecutor executor = executors.get(wanted);
    if (executor == null) {
      throw new IllegalStateException("a task for executor " + wanted + " was placed here");
    }
    Attempt attempt = new Attempt(assignment, executor, ended);
    Ahead ready = ahead.remove(assignment.ref());
    if (ready != null) {
      if (ready.take(attempt)) {
        return attempt;
      }
      ready.giveUp();
    }
    if (executor.usesSandbox()) {
      attempt.onThread(attempt::begin);
    } else {
      attempt.begin();
    }
    return attempt;
  }

  @Override
  public void expect(Assignment assignment) {
    TaskExecutor executor = executors.get(assignment.prepared().demand().executor());
    if (executor == null || !executor.usesSandbox()) {
      return;
    }
    Ahead made = new Ahead(assignment, executor);
    if (ahead.putIfAbsent(assignment.ref(), made) == null) {
      try {
        threads.execute(made);
      } catch (RejectedExecutionException | OutOfMemoryError e) {
        // It is being closed, or there is no room for a thread, which the attempt will say.
        made.isNotRun();
      }
    }
  }

  /** Returns what goes on with an attempt that was found, in place of starting it. */
  AttemptRunner adopting(Leftovers.Found found) {
    return (assignment, ended) -> {
      Attempt attempt = new Attempt(assignment, found.executor(), ended);
      attempt.onThread(() -> attempt.adopt(found));
      return attempt;
    };
  }

  /** Returns the attempt of that name if its command runs, or null. */
  @Nullable LiveAttempt live(AttemptRef attempt) {
    return live.get(attempt);
  }

  /** Makes ready, on other threads, what the first attempt on an executor needs. On the loop. */
  void expect(String wanted) {
    TaskExecutor executor = executors.get(wanted);
    if (executor == null || !expected.add(wanted)) {
      return;
    }
    try {
      executor.prepare();
      if (executor.usesSandbox()) {
        threads.execute(sandboxes::openRoot);
      }
    } catch (OutOfMemoryError e) {
      // No thread for it: then the first attempt does it.
    }
  }

  /** Makes the sandbox of an attempt that is expected, and runs the attempt if it is started. */
  private final class Ahead implements Runnable {
    private final Assignment assignment;
    private final TaskExecutor executor;

    /** Completes with null where nothing is started. */
    private final CompletableFuture<@Nullable Attempt> started = new CompletableFuture<>();

    Ahead(Assignment assignment, TaskExecutor executor) {
      this.assignment = assignment;
      this.executor = executor;
    }

    /**
     * Has it run the attempt. Returns false where it will not: it has waited for too long, or made
     * the sandbox for an owner of the run that had prepared the task otherwise.
     */
    boolean take(Attempt attempt) {
      return attempt.assignment.equals(assignment) && started.complete(attempt);
    }

    void giveUp() {
      started.complete(null);
    }

    /** To be called in place of {@link #run}. It may have been given the attempt already. */
    void isNotRun() {
      ahead.remove(assignment.ref(), this);
      giveUp();
      Attempt attempt = started.join();
      if (attempt != null) {
        attempt.onThread(attempt::begin);
      }
    }

    @Override
    public void run() {
      AttemptSandbox.Made made = prepare();
      Attempt attempt = await();
      if (attempt != null) {
        attempt.begin(made);
      } else if (made != null) {
        var _ = made.discard();
      }
    }

    private AttemptSandbox.@Nullable Made prepare() {
      try {
        return !space.isFull()
                && sandboxes.prepare(assignment, executor) instanceof AttemptSandbox.Made made
            ? made
            : null;
      } catch (StorageUnavailableException | RuntimeException | Error e) {
        return null; // The attempt meets it as well, and says so.
      }
    }

    private @Nullable Attempt await() {
      try {
        return started.get(EXPECTED_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException | InterruptedException | OutOfMemoryError e) {
        giveUp();
        return started.join(); // It may have been started at the last moment.
      } catch (ExecutionException e) {
        throw new IllegalStateException(e); // Nobody completes it so.
      } finally {
        ahead.remove(assignment.ref(), this);
      }
    }
  }

  private final class Attempt implements Running {
    private final Assignment assignment;
    private final TaskExecutor executor;
    private final Consumer<AttemptReport> ended;
    private @Nullable Execution execution;
    private boolean stopAsked;

    Attempt(Assignment assignment, TaskExecutor executor, Consumer<AttemptReport> ended) {
      this.assignment = assignment;
      this.executor = executor;
      this.ended = ended;
    }

    @Override
    public void stop() {
      Execution running;
      synchronized (this) {
        stopAsked = true;
        running = execution;
      }
      if (running != null) {
        running.cancel();
      }
    }

    private synchronized boolean isStopAsked() {
      return stopAsked;
    }

    private void begin() {
      begin(null);
    }

    /**
     * @param ready its sandbox, if it was made before
     */
    private void begin(AttemptSandbox.@Nullable Made ready) {
      if (isStopAsked()) {
        report(ready == null ? new AttemptReport.Stopped() : ready.discard());
        return;
      }
      if (ready == null && executor.usesSandbox() && space.isFull()) {
        tryAgain(space.message(), this::begin);
        return;
      }
      try {
        switch (ready != null ? ready : sandboxes.prepare(assignment, executor)) {
          case AttemptSandbox.Refused(var report) -> report(report);
          case AttemptSandbox.Made made -> execute(made);
        }
      } catch (StorageUnavailableException e) {
        tryAgain(e.getMessage(), this::begin);
      } catch (RuntimeException | Error e) {
        report(broken("the attempt could not be started: " + e));
      }
    }

    private void adopt(Leftovers.Found found) {
      try {
        switch (sandboxes.adopt(assignment, executor, found.leftover().workingDirectory())) {
          case AttemptSandbox.Refused(var report) -> {
            found.discard();
            report(report);
          }
          case AttemptSandbox.Made made -> {
            live.put(assignment.ref(), made.live());
            started(
                executor.adopt(found.leftover(), made.request(), outcome -> ended(made, outcome)));
          }
        }
      } catch (StorageUnavailableException e) {
        tryAgain(e.getMessage(), () -> adopt(found));
      } catch (IOException | RuntimeException | Error e) {
        report(broken("the attempt could not be taken over: " + e));
      }
    }

    private void execute(AttemptSandbox.Made sandbox) {
      if (isStopAsked()) {
        report(sandbox.discard());
        return;
      }
      if (executor.usesSandbox()) {
        live.put(assignment.ref(), sandbox.live());
      }
      executor.run(sandbox.request(), this::started, outcome -> ended(sandbox, outcome));
    }

    private void started(Execution started) {
      boolean stopNow;
      synchronized (this) {
        execution = started;
        stopNow = stopAsked;
      }
      if (stopNow) {
        started.cancel();
      }
    }

    private void ended(AttemptSandbox.Made sandbox, ExecutionOutcome outcome) {
      LiveAttempt shown = executor.usesSandbox() ? live.remove(assignment.ref()) : null;
      if (shown != null) {
        shown.end();
      }
      if (outcome instanceof ExecutionOutcome.NoRoom(var message)) {
        tryAgain("no room for another process: " + message, () -> execute(sandbox));
      } else if (outcome instanceof ExecutionOutcome.Exited(int code, _)
          && code != 0
          && executor.usesSandbox()
          && space.isFull()) {
        AttemptReport _ = sandbox.discard();
        tryAgain(space.message(), this::begin);
      } else {
        finish(sandbox, outcome);
      }
    }

    private void finish(AttemptSandbox.Made sandbox, ExecutionOutcome outcome) {
      try {
        report(sandbox.finish(outcome));
      } catch (StorageUnavailableException e) {
        // What the attempt left stays in its sandbox until there is room for it.
        tryAgain(e.getMessage(), () -> finishUnlessStopped(sandbox, outcome));
      }
    }

    private void finishUnlessStopped(AttemptSandbox.Made sandbox, ExecutionOutcome outcome) {
      if (isStopAsked()) {
        report(sandbox.discard());
      } else {
        finish(sandbox, outcome);
      }
    }

    private void tryAgain(@Nullable String reason, Runnable what) {
      stalls.add(this, String.valueOf(reason), () -> onThread(() -> guarded(what)));
    }

    /** The system may have no room for a thread either. */
    private void onThread(Runnable what) {
      try {
        threads.execute(what);
      } catch (OutOfMemoryError e) {
        String reason = "no room for another thread: " + e.getMessage();
        stalls.add(this, reason, () -> onThread(what));
      }
    }

    /** What is tried again reports by itself; a bug in it must not lose the attempt. */
    private void guarded(Runnable what) {
      try {
        what.run();
      } catch (RuntimeException | Error e) {
        report(broken("the attempt could not be gone on with: " + e));
      }
    }

    private void report(AttemptReport report) {
      stalls.remove(this);
      ended.accept(report);
    }

    private static AttemptReport broken(String message) {
      return new AttemptReport.Broken(Failure.of(FailureKind.ENGINE, message));
    }
  }

  /** Kills what still runs. */
  @Override
  public void close() {
    ahead.values().forEach(Ahead::giveUp);
    executors.values().forEach(TaskExecutor::close);
    threads.shutdown();
    try {
      // Those that make or remove a sandbox, before the directory of all is removed.
      var _ = threads.awaitTermination(CLOSING_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

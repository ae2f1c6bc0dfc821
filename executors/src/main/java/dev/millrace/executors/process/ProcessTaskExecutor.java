package dev.millrace.executors.process;

import dev.millrace.executor.Execution;
import dev.millrace.executor.ExecutionListener;
import dev.millrace.executor.ExecutionOutcome;
import dev.millrace.executor.ExecutionOutcome.Cancelled;
import dev.millrace.executor.ExecutionOutcome.NoRoom;
import dev.millrace.executor.ExecutionRequest;
import dev.millrace.executor.ResourceUsage;
import dev.millrace.executor.RunningAttempts;
import dev.millrace.executor.TaskExecutor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Runs attempts as processes of this machine: the executor {@code local}.
 *
 * <p>Every command leads a session and a process group of its own. When it ends, and on timeout,
 * cancel and {@link #close}, everything it started is killed, daemons included; see {@link
 * AdoptedProcesses} for how little that costs where nothing was left, and {@link Traces} for what
 * cannot be found. Timeout and cancel send SIGTERM to the group, so that a step may clean up, and
 * SIGKILL to everything after a grace of two seconds. When the engine itself is killed, {@link
 * EngineGuard} kills the attempts; {@link LeftoverProcesses} is for the next start.
 *
 * <p>The command finds one more variable than the request's: {@link EngineMark#VARIABLE}. Limits of
 * memory and processors are not enforced. A command killed by someone else's SIGKILL, as the
 * kernel's when memory runs out, has exited with 137.
 *
 * <p>Each running attempt has a thread that blocks in waitid(2), its caller's or one from here; one
 * more thread keeps the time of all. Nothing of this, nor anything native, is touched before the
 * first attempt starts.
 */
public final class ProcessTaskExecutor implements TaskExecutor {
  private static final Duration GRACE = Duration.ofSeconds(2);
  private static final long REAP_SECONDS = 1;

  private final Path stateDirectory;
  private final Duration grace;
  private final Function<EngineMark, ProcessLauncher> launchers;
  private final AtomicLong count = new AtomicLong();
  private final RunningAttempts<Attempt> running = new RunningAttempts<>();
  private boolean over;
  private @Nullable Engine engine;

  /** What exists from the first attempt on. */
  private record Engine(
      EngineMark mark, Path file, ProcessLauncher launcher, ScheduledThreadPoolExecutor clock) {}

  private final ExecutorService threads =
      Executors.newCachedThreadPool(daemons("millrace-attempt"));

  /**
   * Makes an executor.
   *
   * @param stateDirectory the engine's state directory, which exists: by it a later engine finds
   *     what this one may leave behind
   */
  public ProcessTaskExecutor(Path stateDirectory) {
    this(stateDirectory, GRACE, ProcessTaskExecutor::bestLauncher);
  }

  ProcessTaskExecutor(
      Path stateDirectory, Duration grace, Function<EngineMark, ProcessLauncher> launchers) {
    this.stateDirectory = stateDirectory;
    this.grace = grace;
    this.launchers = launchers;
  }

  static ProcessLauncher bestLauncher(EngineMark mark) {
    return PosixSpawnLauncher.isAvailable() ? new PosixSpawnLauncher(mark) : new PortableLauncher();
  }

  private static ThreadFactory daemons(String name) {
    return Thread.ofPlatform().daemon().name(name).factory();
  }

  @Override
  public String name() {
    return "local";
  }

  /** The calls of the C library take a cold virtual machine some 30 ms to link. */
  @Override
  public void prepare() {
    if (!running.isClosed()) {
      try {
        threads.execute(this::prepareNow);
      } catch (RejectedExecutionException | OutOfMemoryError e) {
        // The first attempt tries again, and can say so; or it was closed meanwhile.
      }
    }
  }

  private synchronized void prepareNow() {
    try {
      if (!over) {
        engine();
      }
    } catch (NoRoomException | OutOfMemoryError e) {
      // The first attempt tries again, and can say so.
    }
  }

  @Override
  public Execution start(ExecutionRequest request, ExecutionListener listener) {
    Attempt attempt = new Attempt(request, listener, this);
    if (running.accept(attempt)) {
      execute(attempt);
    } else {
      daemons("millrace-refusal")
          .newThread(() -> attempt.tell(new Cancelled(ResourceUsage.NONE)))
          .start();
    }
    return attempt;
  }

  @Override
  public void run(
      ExecutionRequest request, Consumer<Execution> started, ExecutionListener listener) {
    Attempt attempt = new Attempt(request, listener, this);
    started.accept(attempt);
    if (running.accept(attempt)) {
      attempt.run();
    } else {
      attempt.tell(new Cancelled(ResourceUsage.NONE));
    }
  }

  /** A machine that has no thread left for the attempt may have the clock's, or else only this. */
  private void execute(Attempt attempt) {
    try {
      threads.execute(attempt);
    } catch (RejectedExecutionException | OutOfMemoryError e) {
      ExecutionOutcome outcome = new NoRoom("no thread for another attempt: " + e.getMessage());
      Engine ready = engineIfReady();
      if (ready == null) {
        attempt.tell(outcome);
      } else {
        ready.clock().execute(() -> attempt.tell(outcome));
      }
    }
  }

  private synchronized @Nullable Engine engineIfReady() {
    return engine;
  }

  ProcessLauncher.Launch launch(ExecutionRequest request) {
    Engine ready = engine();
    return ready.launcher().launch(request, ready.mark().ofAttempt(count.incrementAndGet()));
  }

  Duration grace() {
    return grace;
  }

  Future<?> after(Duration delay, Runnable task) {
    return engine()
        .clock()
        .schedule(task, TimeUnit.NANOSECONDS.convert(delay), TimeUnit.NANOSECONDS);
  }

  void ended(Attempt attempt) {
    running.ended(attempt);
  }

  private synchronized Engine engine() {
    Engine ready = engine;
    if (ready == null) {
      EngineMark mark = EngineMark.next(stateDirectory);
      Path file = fileOf(mark);
      ProcessLauncher launcher = launchers.apply(mark);
      ScheduledThreadPoolExecutor clock =
          new ScheduledThreadPoolExecutor(1, daemons("millrace-attempt-clock"));
      clock.setRemoveOnCancelPolicy(true);
      // Takes the clock's only thread: once an attempt runs, no alarm fails for want of one.
      Future<?> _ =
          clock.scheduleWithFixedDelay(
              launcher::tidy, REAP_SECONDS, REAP_SECONDS, TimeUnit.SECONDS);
      ready = new Engine(mark, file, launcher, clock);
      engine = ready;
    }
    return ready;
  }

  private Path fileOf(EngineMark mark) {
    try {
      return MarkFiles.make(stateDirectory, mark);
    } catch (IOException e) {
      throw new NoRoomException("the engine cannot be noted in " + stateDirectory + ": " + e);
    }
  }

  /** Must not be called by a listener, whose attempt it would wait for. */
  @Override
  public void close() {
    running.close().forEach(Attempt::cancel);
    running.awaitEnds();
    threads.shutdown();
    closeEngine();
  }

  private synchronized void closeEngine() {
    over = true;
    Engine ready = engine;
    if (ready != null) {
      ready.launcher().close();
      ready.clock().shutdownNow();
      try {
        Files.deleteIfExists(ready.file());
      } catch (IOException e) {
        // The next engine looks for what is not there.
      }
    }
  }
}

package dev.millrace.executors.docker;

import com.github.dockerjava.api.model.Frame;
import dev.millrace.executor.Execution;
import dev.millrace.executor.ExecutionListener;
import dev.millrace.executor.ExecutionOutcome;
import dev.millrace.executor.ExecutionOutcome.Cancelled;
import dev.millrace.executor.ExecutionOutcome.Exited;
import dev.millrace.executor.ExecutionOutcome.Lost;
import dev.millrace.executor.ExecutionOutcome.NoRoom;
import dev.millrace.executor.ExecutionOutcome.NotStartable;
import dev.millrace.executor.ExecutionOutcome.OutOfMemory;
import dev.millrace.executor.ExecutionOutcome.TimedOut;
import dev.millrace.executor.ExecutionRequest;
import dev.millrace.executor.ResourceUsage;
import dev.millrace.executors.docker.AttemptContainer.State;
import dev.millrace.executors.docker.StartGate.Place;
import dev.millrace.pipeline.ContainerSpec.User;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One attempt in a container of its own: {@link #run}, on a thread that it has to itself, makes the
 * container, or takes over one that was left, waits for its end, removes it and tells the listener.
 * Timeout and cancel come from other threads and meet it in {@code this}'s lock.
 *
 * <p>What the command puts out is taken from before its start, byte for byte, and its end is waited
 * for from its start on. If the Docker Engine goes away, both break off; see {@link Following}.
 */
final class ContainerAttempt implements Execution, Runnable {
  /** How long a Docker Engine may take to end a container that it was told to kill. */
  private static final Duration LAST_PATIENCE = Duration.ofSeconds(30);

  private static final Duration KILL_AGAIN = Duration.ofSeconds(1);

  /** The exit code of a command that SIGKILL ended. */
  private static final int KILLED = 128 + 9;

  private enum Stop {
    NONE,
    CANCEL,
    TIMEOUT
  }

  private final ExecutionRequest request;
  private final ExecutionListener listener;
  private final ContainerMode mode;
  private final @Nullable AttemptContainer left;
  private final CountDownLatch ended = new CountDownLatch(1);
  private Stop stop = Stop.NONE;
  private boolean seenEnd;
  private @Nullable AttemptContainer leaving;
  private @Nullable AttemptContainer running;
  private @Nullable Thread thread;
  private @Nullable Future<?> alarm;

  /**
   * Prepares an attempt.
   *
   * @param left the container that a dead engine left of it, or null for a new one
   */
  ContainerAttempt(
      ExecutionRequest request,
      ExecutionListener listener,
      ContainerMode mode,
      @Nullable AttemptContainer left) {
    this.request = request;
    this.listener = listener;
    this.mode = mode;
    this.left = left;
  }

  /**
   * What was seen to end is removed after that is told, beside what begins then: it takes the
   * Docker Engine as long as making a container.
   */
  @Override
  public void run() {
    ExecutionOutcome outcome = execute();
    boolean _ = Thread.interrupted();
    ExecutionListener.tell(listener, outcome);
    AttemptContainer gone = leaving;
    if (gone != null) {
      mode.remove(gone);
    }
    mode.ended(this);
  }

  /** Tells the end of an attempt that was not begun. */
  void tell(ExecutionOutcome outcome) {
    ExecutionListener.tell(listener, outcome);
    mode.ended(this);
  }

  private ExecutionOutcome execute() {
    try {
      AttemptContainer container = left;
      return container == null ? fresh() : again(container);
    } catch (InterruptedException e) {
      return new Lost(
          "the Docker Engine at %s did not end the step's container within %d seconds: look for it with 'docker ps --filter label=%s=%s'"
              .formatted(
                  mode.address(), LAST_PATIENCE.toSeconds(), Labels.ATTEMPT, request.attemptId()));
    } catch (RuntimeException | Error e) {
      return new Lost("the executor failed: " + e);
    }
  }

  private ExecutionOutcome fresh() throws InterruptedException {
    NotStartable problem = StartProblem.of(request);
    if (problem != null) {
      return problem;
    }
    try (Place place = mode.gate().enter(this::isStopped)) {
      return place == null ? new Cancelled(ResourceUsage.NONE) : make(place);
    }
  }

  private ExecutionOutcome make(Place place) throws InterruptedException {
    AttemptContainer container;
    try {
      container = create();
    } catch (IllegalArgumentException e) {
      return new NotStartable(String.valueOf(e.getMessage()));
    } catch (UncheckedIOException e) {
      return new NoRoom(String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      return isStopped()
          ? new Cancelled(ResourceUsage.NONE)
          : StartProblem.refused(request, e, mode.address());
    }
    try (AttemptLogs logs = AttemptLogs.open(request)) {
      return start(container, logs, place);
    } catch (IOException e) {
      return new NoRoom("the step's files cannot be written or read: " + e);
    } finally {
      over();
      remove(container);
    }
  }

  /**
   * Makes the container. Nothing has run yet, so a Docker Engine that does not answer can be waited
   * for.
   *
   * @throws IllegalArgumentException if the operator does not allow it
   * @throws UncheckedIOException if the state directory cannot be written to
   * @throws RuntimeException if the Docker Engine refuses, or does not answer
   */
  private AttemptContainer create() throws InterruptedException {
    Deadline deadline = Deadline.in(mode.patience().absence());
    while (true) {
      try {
        return mode.create(request);
      } catch (IllegalArgumentException | UncheckedIOException e) {
        throw e;
      } catch (RuntimeException e) {
        if (EngineAnswer.isAnswer(e) || isStopped() || !deadline.awaitNext()) {
          throw e;
        }
      }
    }
  }

  private ExecutionOutcome start(AttemptContainer container, AttemptLogs logs, Place place)
      throws InterruptedException, IOException {
    try (EngineStream<Frame> output = container.attach(logs::accept)) {
      boolean seen;
      try {
        if (isCopied()) {
          container.copyIn(request.workingDirectory());
        }
        output.awaitStart();
        if (isStopped()) {
          logs.clear();
          return new Cancelled(ResourceUsage.NONE);
        }
        seen = start(container, output);
      } catch (RuntimeException e) {
        logs.clear();
        return StartProblem.refused(request, e, mode.address());
      }
      place.close();
      begun(container, 0);
      try (Following following = new Following(container, logs, mode.patience().absence())) {
        return outcome(following, seen ? following.toEnd(output) : following.toEndAfterAbsence());
      }
    }
  }

  /**
   * Starts it. The Docker Engine may go away after it has, and before it says so.
   *
   * @return whether it has said so; otherwise the output is not followed any more
   */
  private boolean start(AttemptContainer container, EngineStream<Frame> output)
      throws InterruptedException {
    try {
      container.start();
      return true;
    } catch (RuntimeException e) {
      State state =
          EngineAnswer.isAnswer(e)
              ? null
              : Following.lookAgain(container, mode.patience().absence());
      if (state == null || !state.started()) {
        throw e;
      }
      output.close();
      Throwable _ = output.awaitEnd();
      return false;
    }
  }

  /** The container was made by an engine that died since. */
  private ExecutionOutcome again(AttemptContainer container) throws InterruptedException {
    try (AttemptLogs logs = AttemptLogs.open(request)) {
      State found = container.inspect();
      if (found.mayBeSignalled()) {
        return new Lost("the step was killed while no engine watched it");
      }
      if (found.running()) {
        begun(container, found.ranMillis());
      }
      try (Following following = new Following(container, logs, mode.patience().absence())) {
        return outcome(following, following.toEnd(null));
      }
    } catch (IOException e) {
      return new NoRoom("the step's files cannot be written or read: " + e);
    } catch (RuntimeException e) {
      return new Lost(
          EngineAnswer.isAnswer(e)
              ? "the step's container cannot be looked at: " + EngineAnswer.text(e)
              : EngineAnswer.silence(mode.address(), e));
    } finally {
      over();
      remove(container);
    }
  }

  private ExecutionOutcome outcome(Following following, @Nullable State end)
      throws InterruptedException, IOException {
    ended.countDown();
    seenEnd = end != null && !end.running();
    ResourceUsage usage = new ResourceUsage(end == null ? 0 : end.ranMillis(), -1, -1);
    if (end == null && following.mayStillRun()) {
      return new Lost(following.lost(mode.address()));
    }
    return switch (stop()) {
      case CANCEL -> new Cancelled(usage);
      case TIMEOUT -> new TimedOut(usage);
      case NONE ->
          end == null ? new Lost(following.lost(mode.address())) : exited(following, end, usage);
    };
  }

  private ExecutionOutcome exited(Following following, State end, ResourceUsage usage)
      throws InterruptedException, IOException {
    boolean limited = request.resources().getOrDefault("memory", 0.0) > 0;
    if ((end.oomKilled() && end.exitCode() != 0)
        || (limited && end.exitCode() == KILLED && following.container().ranOutOfMemory())) {
      return new OutOfMemory(usage);
    }
    if (end.mayBeSignalled() && following.container().wasSignalled()) {
      return new Lost(
          "the step's container was ended from outside, as by 'docker kill' or when the Docker"
              + " Engine is stopped");
    }
    AttemptLogs logs = following.logs();
    if (StartProblem.isLikely(end.exitCode(), request, logs)) {
      NotStartable problem = StartProblem.said(logs.stderr(), request);
      if (problem != null) {
        logs.clear();
        return problem;
      }
    }
    if (isCopied()) {
      following.container().copyOut(request.workingDirectory());
    }
    return new Exited(end.exitCode(), usage);
  }

  /** What is not known to have ended is gone before anything is told. */
  private void remove(AttemptContainer container) {
    if (seenEnd && mode.noteEnd(container)) {
      leaving = container;
    } else {
      mode.remove(container);
    }
  }

  private boolean isCopied() {
    return ContainerSettings.container(request).spec().user() == User.IMAGE;
  }

  private synchronized Stop stop() {
    return stop;
  }

  private synchronized boolean isStopped() {
    return stop != Stop.NONE;
  }

  /**
   * The command runs now.
   *
   * @param ranMillis since when it does
   */
  private synchronized void begun(AttemptContainer container, long ranMillis) {
    running = container;
    thread = Thread.currentThread();
    Duration timeout = request.timeout();
    if (stop != Stop.NONE) {
      terminate(container);
    } else if (timeout != null) {
      alarm = mode.alarms().after(timeout.minusMillis(ranMillis), () -> end(Stop.TIMEOUT));
    }
  }

  /** The command runs no more, or nothing more can be done about it. */
  private synchronized void over() {
    running = null;
    ended.countDown();
    if (alarm != null) {
      alarm.cancel(false);
    }
  }

  @Override
  public void cancel() {
    end(Stop.CANCEL);
    mode.gate().wake();
  }

  private synchronized void end(Stop reason) {
    if (stop != Stop.NONE || ended.getCount() == 0) {
      return;
    }
    stop = reason;
    AttemptContainer container = running;
    if (container != null) {
      terminate(container);
    }
  }

  private void terminate(AttemptContainer container) {
    Thread.ofPlatform().daemon().name("millrace-container-end").start(() -> askAndKill(container));
  }

  /** Asks first, and kills after the grace time, again if nobody has listened. */
  private void askAndKill(AttemptContainer container) {
    try {
      signal(container, "SIGTERM");
      if (ended.await(mode.patience().grace().toMillis(), TimeUnit.MILLISECONDS)) {
        return;
      }
      long deadline = System.nanoTime() + LAST_PATIENCE.toNanos();
      do {
        signal(container, "SIGKILL");
        if (ended.await(KILL_AGAIN.toMillis(), TimeUnit.MILLISECONDS)) {
          return;
        }
      } while (System.nanoTime() < deadline);
      giveUp();
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts this thread", e);
    }
  }

  private static void signal(AttemptContainer container, String name) {
    try {
      container.kill(name);
    } catch (RuntimeException e) {
      // Tried again; in the end the attempt is given up as lost.
    }
  }

  private synchronized void giveUp() {
    Thread waiting = thread;
    if (running != null && waiting != null) {
      waiting.interrupt();
    }
  }
}

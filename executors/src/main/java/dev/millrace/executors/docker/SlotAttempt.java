package dev.millrace.executors.docker;

import dev.millrace.executor.Execution;
import dev.millrace.executor.ExecutionListener;
import dev.millrace.executor.ExecutionOutcome;
import dev.millrace.executor.ExecutionOutcome.Cancelled;
import dev.millrace.executor.ExecutionOutcome.Lost;
import dev.millrace.executor.ExecutionOutcome.NoRoom;
import dev.millrace.executor.ExecutionOutcome.NotStartable;
import dev.millrace.executor.ExecutionOutcome.OutOfMemory;
import dev.millrace.executor.ExecutionOutcome.TimedOut;
import dev.millrace.executor.ExecutionRequest;
import dev.millrace.executor.ResourceUsage;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One attempt that is to run in a slot: waits in the pool, is run by {@link #serve} on a thread
 * that it has to itself, or is handed on to be run otherwise. Cancel and timeout come from other
 * threads and meet it in {@code this}'s lock; whoever asks for the end first decides the outcome. A
 * slot is never used again after an attempt that was stopped, so that a late signal finds no other.
 */
final class SlotAttempt implements Execution {
  /** Why an attempt does not end by itself. */
  private enum Stop {
    NONE,
    CANCEL,
    TIMEOUT
  }

  private final SlotPool pool;
  private final ExecutionRequest request;
  private final ExecutionListener listener;
  private long waitsSince;
  private Stop stop = Stop.NONE;
  private boolean over;
  private @Nullable SlotProcesses processes;
  private @Nullable Execution handedOn;
  private @Nullable Future<?> alarm;

  SlotAttempt(SlotPool pool, ExecutionRequest request, ExecutionListener listener) {
    this.pool = pool;
    this.request = request;
    this.listener = listener;
  }

  /** What came of an attempt in a slot. */
  sealed interface Served {
    /** It has ended; the slot can be used again, or not. */
    record Ended(ExecutionOutcome outcome, boolean reusable) implements Served {}

    /** It did not begin, because slots and sandboxes are on different file systems. */
    record Apart() implements Served {}
  }

  /** Says that it waits from now on, as {@link System#nanoTime} tells the time. */
  void waits(long now) {
    waitsSince = now;
  }

  /** Tells whether it has waited so long. */
  boolean hasWaited(Duration time, long now) {
    return now - waitsSince >= time.toNanos();
  }

  ExecutionRequest request() {
    return request;
  }

  /** Runs it to its end. */
  Served serve(Slot given) {
    if (!Files.isDirectory(request.workingDirectory())) {
      return new Served.Ended(
          new NotStartable("no working directory " + request.workingDirectory()), true);
    }
    try {
      return serveIn(given);
    } catch (RuntimeException | Error e) {
      given.removeContainer();
      leave(given);
      return new Served.Ended(new Lost("the executor failed: " + e), false);
    }
  }

  private Served serveIn(Slot given) {
    String nonce = UUID.randomUUID().toString();
    Map<String, String> variables = pool.settings().variables(request);
    try {
      given
          .directory()
          .enter(
              request, SlotRecord.of(request, nonce), SlotScript.start(request.argv(), variables));
    } catch (AtomicMoveNotSupportedException | UnsupportedOperationException e) {
      leave(given);
      return new Served.Apart();
    } catch (IOException e) {
      boolean clean = leave(given);
      return new Served.Ended(
          new NoRoom("a sandbox cannot be moved to its container: " + e), clean);
    }
    if (!begin(given, request.timeout())) {
      return new Served.Ended(new Cancelled(ResourceUsage.NONE), leave(given));
    }
    long start = System.nanoTime();
    Optional<String> answer = given.ask(nonce).join();
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    Stop reason = finish();
    SlotReply reply = answer.map(line -> SlotReply.parse(line, nonce)).orElse(null);
    return reply == null ? died(given, reason, millis) : answered(given, reply, reason, millis);
  }

  private Served answered(Slot given, SlotReply reply, Stop reason, long millis) {
    boolean clean = leave(given);
    ExecutionOutcome outcome =
        switch (reason) {
          case NONE -> SlotOutcome.of(request, reply, millis);
          case CANCEL -> new Cancelled(new ResourceUsage(millis, reply.cpuMillis(), -1));
          case TIMEOUT -> new TimedOut(new ResourceUsage(millis, reply.cpuMillis(), -1));
        };
    boolean asBefore = clean && reply.left() == null && !reply.outOfMemory();
    return new Served.Ended(outcome, asBefore && reason == Stop.NONE);
  }

  /** The container has ended, or cannot be heard any more: once it is removed, it has ended. */
  private Served died(Slot given, Stop reason, long millis) {
    boolean outOfMemory = reason == Stop.NONE && given.isOutOfMemory();
    given.removeContainer();
    leave(given);
    ResourceUsage usage = new ResourceUsage(millis, -1, -1);
    return new Served.Ended(
        switch (reason) {
          case NONE ->
              outOfMemory
                  ? new OutOfMemory(usage)
                  : new Lost("the container was ended by somebody else, or is out of reach");
          case CANCEL -> new Cancelled(usage);
          case TIMEOUT -> new TimedOut(usage);
        },
        false);
  }

  /** Goes on with an attempt of an engine that died; tells the end. */
  void adopt(SlotLeftovers leftovers, SlotLeftovers.Found found) {
    if (!begin(found, left(found.record()))) {
      leftovers.discard(found);
      tell(new Cancelled(ResourceUsage.NONE));
      return;
    }
    ExecutionOutcome outcome = leftovers.await(found, request);
    ResourceUsage usage = new ResourceUsage(found.record().millisSince(), -1, -1);
    tell(
        switch (finish()) {
          case NONE -> outcome;
          case CANCEL -> new Cancelled(usage);
          case TIMEOUT -> new TimedOut(usage);
        });
  }

  /** Returns what is left of the timeout, which counts from the first start. */
  private @Nullable Duration left(SlotRecord record) {
    Duration timeout = request.timeout();
    if (timeout == null) {
      return null;
    }
    Duration rest = timeout.minusMillis(record.millisSince());
    return rest.isNegative() ? Duration.ZERO : rest;
  }

  private boolean leave(Slot given) {
    try {
      return given.directory().leave(request.workingDirectory());
    } catch (IOException e) {
      return false;
    }
  }

  private synchronized boolean begin(SlotProcesses given, @Nullable Duration timeout) {
    if (stop != Stop.NONE) {
      return false;
    }
    processes = given;
    if (timeout != null) {
      alarm = pool.alarms().after(timeout, () -> end(Stop.TIMEOUT));
    }
    return true;
  }

  private synchronized Stop finish() {
    over = true;
    if (alarm != null) {
      alarm.cancel(false);
    }
    return stop;
  }

  @Override
  public void cancel() {
    if (pool.withdraw(this)) {
      pool.execute(() -> tell(new Cancelled(ResourceUsage.NONE)));
    } else {
      end(Stop.CANCEL);
    }
  }

  private void end(Stop reason) {
    Execution other;
    synchronized (this) {
      if (stop != Stop.NONE || over) {
        return;
      }
      stop = reason;
      other = handedOn;
      SlotProcesses running = processes;
      if (running != null) {
        stopRunning(running);
      }
    }
    if (other != null) {
      other.cancel();
    }
  }

  /** Asks first, and kills after the grace time. */
  private void stopRunning(SlotProcesses running) {
    if (alarm != null) {
      alarm.cancel(false);
    }
    pool.execute(running::terminate);
    alarm = pool.alarms().after(pool.patience().grace(), running::kill);
  }

  /** Has it run in another way, from which it ends and by which it is cancelled from now on. */
  void handOn() {
    Execution other = pool.runOtherwise(request, this::tell);
    boolean stopped;
    synchronized (this) {
      handedOn = other;
      stopped = stop != Stop.NONE;
    }
    if (stopped) {
      other.cancel();
    }
  }

  /** Tells the end. */
  void tell(ExecutionOutcome outcome) {
    ExecutionListener.tell(listener, outcome);
    pool.ended(this);
  }
}

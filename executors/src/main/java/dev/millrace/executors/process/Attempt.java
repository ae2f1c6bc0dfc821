package dev.millrace.executors.process;

import dev.millrace.executor.Execution;
import dev.millrace.executor.ExecutionListener;
import dev.millrace.executor.ExecutionOutcome;
import dev.millrace.executor.ExecutionOutcome.Cancelled;
import dev.millrace.executor.ExecutionOutcome.Exited;
import dev.millrace.executor.ExecutionOutcome.Lost;
import dev.millrace.executor.ExecutionOutcome.NoRoom;
import dev.millrace.executor.ExecutionOutcome.TimedOut;
import dev.millrace.executor.ExecutionRequest;
import dev.millrace.executor.ResourceUsage;
import dev.millrace.executors.process.ProcessLauncher.Launch;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One attempt: {@link #run}, on a thread that it has to itself, launches the command, waits for its
 * end and tells the listener; timeout and cancel come from other threads and meet it in {@code
 * this}'s lock.
 *
 * <p>Signals are sent under the lock, and only between launch and the end of the leader: after that
 * its number could name another process. Whoever asks for the end first decides the outcome; asked
 * before the launch, nothing is launched.
 */
final class Attempt implements Execution, Runnable {
  private enum Stop {
    NONE,
    CANCEL,
    TIMEOUT
  }

  private final ExecutionRequest request;
  private final ExecutionListener listener;
  private final ProcessTaskExecutor executor;
  private Stop stop = Stop.NONE;
  private @Nullable AttemptProcess process;
  private @Nullable Future<?> alarm;

  Attempt(ExecutionRequest request, ExecutionListener listener, ProcessTaskExecutor executor) {
    this.request = request;
    this.listener = listener;
    this.executor = executor;
  }

  @Override
  public void run() {
    tell(execute());
  }

  /** Tells the end. */
  void tell(ExecutionOutcome outcome) {
    ExecutionListener.tell(listener, outcome);
    executor.ended(this);
  }

  private ExecutionOutcome execute() {
    if (stop() != Stop.NONE) {
      return new Cancelled(ResourceUsage.NONE);
    }
    long start = System.nanoTime();
    try {
      return switch (launch()) {
        case Launch.Refused refused -> refused.outcome();
        case Launch.Started started -> outcome(await(started.process()), start);
      };
    } catch (RuntimeException | Error e) {
      return new Lost("the executor failed: " + e);
    }
  }

  /** What is lacking before the command runs lacks for now; after that, something is lost. */
  private Launch launch() {
    try {
      return executor.launch(request);
    } catch (NoRoomException e) {
      return new Launch.Refused(new NoRoom(String.valueOf(e.getMessage())));
    } catch (OutOfMemoryError e) {
      return new Launch.Refused(
          new NoRoom("no memory or thread for another process: " + e.getMessage()));
    }
  }

  private AttemptProcess.End await(AttemptProcess launched) {
    boolean begun = false;
    try {
      begin(launched);
      begun = true;
    } finally {
      if (!begun) {
        launched.kill();
        awaitEnd(launched);
      }
    }
    return awaitEnd(launched);
  }

  private AttemptProcess.End awaitEnd(AttemptProcess launched) {
    launched.awaitExit();
    leaderEnded();
    return launched.finish();
  }

  private ExecutionOutcome outcome(AttemptProcess.End end, long start) {
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    ResourceUsage usage = new ResourceUsage(millis, end.cpuMillis(), end.maxRssBytes());
    return switch (stop()) {
      case NONE -> new Exited(end.exitCode(), usage);
      case CANCEL -> new Cancelled(usage);
      case TIMEOUT -> new TimedOut(usage);
    };
  }

  private synchronized Stop stop() {
    return stop;
  }

  private synchronized void begin(AttemptProcess launched) {
    process = launched;
    Duration timeout = request.timeout();
    if (stop != Stop.NONE) {
      terminate(launched);
    } else if (timeout != null) {
      alarm = executor.after(timeout, () -> end(Stop.TIMEOUT));
    }
  }

  private synchronized void leaderEnded() {
    process = null;
    if (alarm != null) {
      alarm.cancel(false);
    }
  }

  @Override
  public void cancel() {
    end(Stop.CANCEL);
  }

  private synchronized void end(Stop reason) {
    if (stop != Stop.NONE) {
      return;
    }
    AttemptProcess running = process;
    stop = reason;
    if (running != null) {
      terminate(running);
    }
  }

  /** Asks first, and kills after the grace time. */
  private void terminate(AttemptProcess running) {
    if (alarm != null) {
      alarm.cancel(false);
    }
    running.terminate();
    alarm = executor.after(executor.grace(), this::kill);
  }

  private synchronized void kill() {
    AttemptProcess running = process;
    if (running != null) {
      running.kill();
    }
  }
}

package dev.millrace.cli;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * What Ctrl-C and a polite kill do to a run: the first cancels it, the second does so without the
 * steps that run in any case and ends this process soon, however it stands.
 *
 * <p>A shutdown hook would not do: it sees one signal only, and the JVM is on its way out then.
 */
final class Interrupts implements AutoCloseable {
  private static final long LAST_SECONDS = 4;

  private final Signals signals;
  private final Consumer<Boolean> cancel;
  private final Runnable closing;
  private final Signals.Registration registration;
  private int count;

  /**
   * Listens until closed.
   *
   * @param cancel is told whether to force it
   * @param closing is called before this process is ended the hard way
   */
  Interrupts(Signals signals, Consumer<Boolean> cancel, Runnable closing) {
    this.signals = signals;
    this.cancel = cancel;
    this.closing = closing;
    registration = signals.onInterrupt(this::interrupted);
  }

  private synchronized void interrupted() {
    count++;
    if (count <= 2) {
      cancel.accept(count == 2);
    }
    if (count == 2) {
      Thread.ofPlatform().daemon().name("millrace-last-resort").start(this::endSoon);
    }
  }

  /** The guards of the running steps kill them when this process is gone. */
  private void endSoon() {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LAST_SECONDS);
    while (System.nanoTime() < deadline) {
      LockSupport.parkNanos(deadline - System.nanoTime());
    }
    closing.run();
    signals.halt(ExitCode.CANCELLED);
  }

  /** Returns whether a signal came. */
  synchronized boolean any() {
    return count > 0;
  }

  @Override
  public void close() {
    registration.close();
  }
}

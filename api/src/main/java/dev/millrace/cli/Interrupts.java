package dev.millrace.cli;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * What Ctrl-C and a polite kill do to a run: the first cancels it, the second does so without the
 * steps that run in any case and ends this process soon, however it stands.
 *
 * <p>A shutdown hook would not do: it sees one signal only, and the JVM is on its way out then.
 */
final class Interrupts implements AutoCloseable {
  private static final long LAST_SECONDS = 4;
  private static final String[] SIGNALS = {"INT", "TERM"};

  private final SignalHandler[] former = new SignalHandler[SIGNALS.length];
  private final Consumer<Boolean> cancel;
  private final Runnable closing;
  private int count;

  /**
   * Listens until closed.
   *
   * @param cancel is told whether to force it
   * @param closing is called before this process is ended the hard way
   */
  Interrupts(Consumer<Boolean> cancel, Runnable closing) {
    this.cancel = cancel;
    this.closing = closing;
    for (int i = 0; i < SIGNALS.length; i++) {
      former[i] = Signal.handle(new Signal(SIGNALS[i]), _ -> interrupted());
    }
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
    Runtime.getRuntime().halt(ExitCode.CANCELLED);
  }

  /** Returns whether a signal came. */
  synchronized boolean any() {
    return count > 0;
  }

  @Override
  public void close() {
    for (int i = 0; i < SIGNALS.length; i++) {
      Signal.handle(new Signal(SIGNALS[i]), former[i]);
    }
  }
}

package dev.millrace.executor;

import java.util.HashSet;
import java.util.Set;

/**
 * The attempts that an executor runs, until it is closed. Safe for use by many threads.
 *
 * @param <A> an attempt
 */
public final class RunningAttempts<A> {
  private final Set<A> running = new HashSet<>();
  private boolean closed;

  /** Takes an attempt in; false after {@link #close}: then it is not to be started. */
  public synchronized boolean accept(A attempt) {
    return !closed && running.add(attempt);
  }

  /** Tells whether no attempt is taken in any more. */
  public synchronized boolean isClosed() {
    return closed;
  }

  /** Lets go of an attempt of which nothing is left; without effect on one that is not here. */
  public synchronized void ended(A attempt) {
    running.remove(attempt);
    notifyAll();
  }

  /** Takes no attempt in any more; returns those that run. */
  public synchronized Set<A> close() {
    closed = true;
    return Set.copyOf(running);
  }

  /** Waits until nothing is left of any attempt; an interrupt is kept for later. */
  public synchronized void awaitEnds() {
    boolean interrupted = false;
    while (!running.isEmpty()) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}

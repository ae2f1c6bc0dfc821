package dev.millrace.dispatch;

import java.util.concurrent.Executor;

/**
 * Runs what it is given one after the other: the single writer of everything that lives on it.
 *
 * <p>What arrives while it is busy is run as one batch; at the end of each batch the hooks asked
 * for by {@link #atBatchEnd} run once, which is where facts are committed and tasks placed, so that
 * the cost of both is shared by all that came in between.
 */
public interface Loop extends Executor {

  /** Runs {@code task} on the loop; from any thread. What is given after its end is dropped. */
  @Override
  void execute(Runnable task);

  /**
   * Runs {@code task} on the loop, before this returns if nothing else runs on it or waits for it:
   * the calling thread is the loop then, for as long as the batch takes. From a thread that has
   * just learnt something and has nothing else to do, it saves waking another one.
   */
  default void executeHere(Runnable task) {
    execute(task);
  }

  /** Runs {@code task} on the loop once {@code delayMillis} have passed; from any thread. */
  void schedule(long delayMillis, Runnable task);

  /** Runs {@code hook} once at the end of the current batch. Only from the loop itself. */
  void atBatchEnd(Runnable hook);

  /** Returns whether nobody waits for the loop but what runs on it now. */
  boolean isIdle();

  /** Returns the time in milliseconds since the epoch. */
  long nowMillis();
}

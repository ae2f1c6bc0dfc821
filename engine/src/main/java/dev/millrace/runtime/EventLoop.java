package dev.millrace.runtime;

import dev.millrace.dispatch.Loop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A loop with a thread of its own, which others can stand in for while it is idle. What the loop
 * gives to itself is run within the same batch, without a lock: one report may start the next task
 * and commit both at once.
 */
final class EventLoop implements Loop, AutoCloseable {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrived = lock.newCondition();
  private final PriorityQueue<Timed> timers =
      new PriorityQueue<>((one, other) -> Long.compare(one.nanoTime, other.nanoTime));
  private final List<Runnable> hooks = new ArrayList<>();
  private final Consumer<Throwable> onFailure;
  private final Thread thread;
  private final Deque<Runnable> queue = new ArrayDeque<>();

  /** What the loop gives to itself. */
  private final Deque<Runnable> own = new ArrayDeque<>();

  /** Who runs a batch. Changes under the lock. */
  private volatile @Nullable Thread runner;

  /** The loop's own thread waits for the one that stands in for it. */
  private boolean ousted;

  private volatile boolean idle = true;
  private boolean closed;

  private record Timed(long nanoTime, Runnable task) {}

  /**
   * Starts the loop.
   *
   * @param onFailure told on the loop of what a task threw; the loop goes on with the next
   */
  EventLoop(String name, Consumer<Throwable> onFailure) {
    this.onFailure = onFailure;
    thread = Thread.ofPlatform().name(name).daemon().unstarted(this::loop);
    thread.start();
  }

  @Override
  public void execute(Runnable task) {
    if (Thread.currentThread() == runner) {
      own.add(task);
      return;
    }
    lock.lock();
    try {
      add(task);
    } finally {
      lock.unlock();
    }
  }

  private void add(Runnable task) {
    if (!closed) {
      queue.add(task);
      idle = false;
      if (runner == null) {
        arrived.signal(); // A runner looks when it is done.
      }
    }
  }

  @Override
  public void executeHere(Runnable task) {
    lock.lock();
    try {
      if (closed || runner != null || !queue.isEmpty()) {
        if (Thread.currentThread() == runner) {
          own.add(task);
        } else {
          add(task);
        }
        return;
      }
      runner = Thread.currentThread();
    } finally {
      lock.unlock();
    }
    try {
      guarded(task);
      finishBatch();
    } finally {
      giveBack();
    }
  }

  private void giveBack() {
    lock.lock();
    try {
      runner = null;
      if (closed || ousted || !queue.isEmpty()) {
        arrived.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void schedule(long delayMillis, Runnable task) {
    lock.lock();
    try {
      long due = System.nanoTime() + Math.max(0, delayMillis) * 1_000_000;
      timers.add(new Timed(due, task));
      if (timers.element().nanoTime() == due) {
        arrived.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void atBatchEnd(Runnable hook) {
    if (!hooks.contains(hook)) {
      hooks.add(hook);
    }
  }

  private void loop() {
    Deque<Runnable> batch = new ArrayDeque<>();
    while (take(batch)) {
      runAll(batch);
      finishBatch();
    }
  }

  private void finishBatch() {
    runAll(own);
    // A hook may ask for further hooks: placing tasks makes facts to commit.
    while (!hooks.isEmpty()) {
      guarded(hooks.removeFirst());
      runAll(own);
    }
  }

  private void runAll(Deque<Runnable> tasks) {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      guarded(task);
    }
  }

  @Override
  public boolean isIdle() {
    return idle;
  }

  @Override
  public long nowMillis() {
    return System.currentTimeMillis();
  }

  private void guarded(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | Error e) {
      onFailure.accept(e);
    }
  }

  /** Waits for something to do and moves it to {@code batch}; false when closed and empty. */
  private boolean take(Deque<Runnable> batch) {
    lock.lock();
    try {
      runner = runner == thread ? null : runner;
      while (true) {
        moveDueTimers();
        if (runner == null && !queue.isEmpty()) {
          runner = thread;
          batch.addAll(queue);
          queue.clear();
          idle = true;
          return true;
        }
        if (runner == null && closed) {
          return false;
        }
        Timed next = timers.peek();
        ousted = runner != null;
        if (ousted || next == null) {
          arrived.await();
        } else {
          // Whether it came or the time passed does not matter: both are looked at again.
          boolean came = arrived.await(next.nanoTime() - System.nanoTime(), TimeUnit.NANOSECONDS);
          assert came || timers.contains(next);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }

  private void moveDueTimers() {
    long now = System.nanoTime();
    while (!timers.isEmpty() && timers.element().nanoTime() - now <= 0) {
      queue.add(timers.remove().task());
      idle = false;
    }
  }

  /** Runs what was given before, then ends the thread. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      arrived.signal();
    } finally {
      lock.unlock();
    }
    if (Thread.currentThread() != runner) {
      join();
    }
  }

  private void join() {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}

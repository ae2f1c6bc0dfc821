package dev.millrace.simulation;

import dev.millrace.dispatch.Loop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/** The loop of a process in virtual time, with the batches of the real one. */
public final class SimulatedLoop implements Loop {
  private static final long MOST_WAKE_MICROS = 30;

  private final SimulatedProcess process;
  private final SimulatedTime time;
  private final Chance chance;
  private final Consumer<Throwable> onFailure;
  private final Deque<Runnable> queue = new ArrayDeque<>();
  private final Deque<Runnable> own = new ArrayDeque<>();
  private final List<Runnable> hooks = new ArrayList<>();
  private boolean running;
  private boolean woken;

  /**
   * @param onFailure told of what a task threw
   */
  public SimulatedLoop(
      SimulatedProcess process, SimulatedTime time, Chance chance, Consumer<Throwable> onFailure) {
    this.process = process;
    this.time = time;
    this.chance = chance;
    this.onFailure = onFailure;
  }

  @Override
  public void execute(Runnable task) {
    if (running) {
      own.add(task);
    } else {
      queue.add(task);
      wake();
    }
  }

  private void wake() {
    if (!woken) {
      woken = true;
      process.after(chance.between(0, MOST_WAKE_MICROS), this::batch);
    }
  }

  private void batch() {
    woken = false;
    running = true;
    List<Runnable> batch = List.copyOf(queue);
    queue.clear();
    batch.forEach(this::guarded);
    runOwn();
    while (!hooks.isEmpty()) {
      guarded(hooks.removeFirst());
      runOwn();
    }
    running = false;
  }

  private void runOwn() {
    for (Runnable task = own.poll(); task != null; task = own.poll()) {
      guarded(task);
    }
  }

  private void guarded(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      onFailure.accept(e);
    }
  }

  @Override
  public void schedule(long delayMillis, Runnable task) {
    time.after(Math.max(0, delayMillis) * SimulatedTime.MILLI, () -> execute(task));
  }

  @Override
  public void atBatchEnd(Runnable hook) {
    if (!hooks.contains(hook)) {
      hooks.add(hook);
    }
  }

  @Override
  public boolean isIdle() {
    return queue.isEmpty();
  }

  @Override
  public long nowMillis() {
    return time.millis();
  }
}

package dev.millrace.runtime;

import dev.millrace.dispatch.Loop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** A loop in simulated time, with the batches and hooks of the real one. */
final class SimulatedLoop implements Loop {
  private final SimulatedTime time;
  private final SimulatedProcess process;
  private final Deque<Runnable> queue = new ArrayDeque<>();
  private final Deque<Runnable> own = new ArrayDeque<>();
  private final List<Runnable> hooks = new ArrayList<>();
  private boolean inBatch;
  private boolean asked;

  SimulatedLoop(SimulatedTime time, SimulatedProcess process) {
    this.time = time;
    this.process = process;
  }

  @Override
  public void execute(Runnable task) {
    if (inBatch) {
      own.add(task);
      return;
    }
    queue.add(task);
    if (!asked) {
      asked = true;
      time.in(time.draw(2), () -> process.run(this::batch));
    }
  }

  private void batch() {
    asked = false;
    inBatch = true;
    runAll(queue);
    runAll(own);
    while (!hooks.isEmpty()) {
      hooks.removeFirst().run();
      runAll(own);
    }
    inBatch = false;
  }

  private static void runAll(Deque<Runnable> tasks) {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
  }

  @Override
  public void schedule(long delayMillis, Runnable task) {
    time.in(Math.max(0, delayMillis), () -> process.run(() -> execute(task)));
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
    return time.now();
  }
}

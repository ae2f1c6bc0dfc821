package dev.millrace.content;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Does the same to each of many things, on several threads where that pays. */
final class InParallel {

  /** Fewer things than this are done before another thread has started. */
  private static final int FEW = 16;

  private InParallel() {}

  /** What is done to each thing. */
  @FunctionalInterface
  interface Operation<T> {
    void run(T item) throws IOException;
  }

  /**
   * Returns when all have been done, or some have and one failed.
   *
   * @param threads how many to use at most, the caller's included
   * @throws IOException what the first operation threw that failed
   */
  static <T> void forEach(List<T> items, int threads, Operation<? super T> operation)
      throws IOException {
    Round<T> round = new Round<>(items, operation);
    List<Thread> others = new ArrayList<>();
    for (int i = 1; i < Math.min(threads, items.size() / FEW); i++) {
      others.add(Thread.ofPlatform().daemon().name("millrace-content-" + i).start(round));
    }
    round.run();
    for (Thread other : others) {
      joinUninterruptibly(other);
    }
    round.rethrow();
  }

  /** Waits for the end of a thread; an interrupt is kept for later. */
  static void joinUninterruptibly(Thread thread) {
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

  private static final class Round<T> implements Runnable {
    private final List<T> items;
    private final Operation<? super T> operation;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    Round(List<T> items, Operation<? super T> operation) {
      this.items = items;
      this.operation = operation;
    }

    @Override
    public void run() {
      try {
        for (int i = next.getAndIncrement();
            i < items.size() && failure.get() == null;
            i = next.getAndIncrement()) {
          operation.run(items.get(i));
        }
      } catch (IOException | RuntimeException | Error e) {
        failure.compareAndSet(null, e);
      }
    }

    void rethrow() throws IOException {
      switch (failure.get()) {
        case null -> {}
        case IOException e -> throw e;
        case RuntimeException e -> throw e;
        case Error e -> throw e;
        case Throwable e -> throw new IllegalStateException(e);
      }
    }
  }
}

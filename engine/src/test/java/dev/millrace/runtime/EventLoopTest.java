package dev.millrace.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EventLoopTest {
  private final List<Throwable> failures = new ArrayList<>();
  private final EventLoop loop = new EventLoop("loop", failures::add);

  @AfterEach
  void close() {
    loop.close();
  }

  @Test
  void anIdleLoopIsStoodInFor() {
    List<Thread> threads = new ArrayList<>();
    loop.executeHere(
        () -> {
          threads.add(Thread.currentThread());
          loop.execute(() -> threads.add(Thread.currentThread()));
          loop.executeHere(() -> threads.add(Thread.currentThread()));
          loop.atBatchEnd(() -> threads.add(Thread.currentThread()));
          assertEquals(1, threads.size(), "what it gives to itself comes after");
        });
    assertEquals(4, threads.size());
    threads.forEach(thread -> assertSame(Thread.currentThread(), thread));
  }

  @Test
  void aBusyLoopIsNot() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    CompletableFuture<Thread> ran = new CompletableFuture<>();
    loop.execute(
        () -> {
          begun.countDown();
          await(go);
        });
    await(begun);
    loop.executeHere(() -> ran.complete(Thread.currentThread()));
    assertTrue(!ran.isDone());
    go.countDown();
    assertNotSame(Thread.currentThread(), ran.get(30, TimeUnit.SECONDS));
  }

  @Test
  void whatComesWhileOneStandsInIsDoneAfterwards() throws Exception {
    CompletableFuture<Thread> timer = new CompletableFuture<>();
    CompletableFuture<Thread> given = new CompletableFuture<>();
    loop.executeHere(
        () -> {
          loop.schedule(0, () -> timer.complete(Thread.currentThread()));
          Thread other = Thread.ofPlatform().start(() -> loop.execute(() -> complete(given)));
          join(other);
          assertTrue(!given.isDone());
        });
    assertNotSame(Thread.currentThread(), given.get(30, TimeUnit.SECONDS));
    assertNotSame(Thread.currentThread(), timer.get(30, TimeUnit.SECONDS));
  }

  @Test
  void oneThreadAtATimeRunsIt() {
    int threads = 4;
    int each = 5_000;
    AtomicInteger inside = new AtomicInteger();
    int[] count = new int[1];
    List<Thread> callers = new ArrayList<>();
    Runnable task =
        () -> {
          assertEquals(1, inside.incrementAndGet());
          count[0]++;
          inside.decrementAndGet();
        };
    for (int t = 0; t < threads; t++) {
      boolean here = t % 2 == 0;
      callers.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (int i = 0; i < each; i++) {
                      if (here) {
                        loop.executeHere(task);
                      } else {
                        loop.execute(task);
                      }
                      if (i % 1_000 == 0) {
                        loop.schedule(0, task);
                      }
                    }
                  }));
    }
    callers.forEach(EventLoopTest::join);
    loop.close();
    assertEquals(List.of(), failures);
    assertTrue(count[0] >= threads * each, () -> "only " + count[0]);
  }

  @Test
  void whatATaskThrowsIsToldAndTheLoopGoesOn() {
    IllegalStateException thrown = new IllegalStateException("meant");
    loop.executeHere(
        () -> {
          throw thrown;
        });
    List<String> done = new ArrayList<>();
    loop.executeHere(() -> done.add("next"));
    assertEquals(List.of(thrown), failures);
    assertEquals(List.of("next"), done);
  }

  @Test
  void aClosedLoopRunsNothing() {
    loop.close();
    List<String> done = new ArrayList<>();
    loop.executeHere(() -> done.add("late"));
    assertEquals(List.of(), done);
  }

  private static void complete(CompletableFuture<Thread> future) {
    future.complete(Thread.currentThread());
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}

package dev.millrace.executors.none;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.executor.ExecutionOutcome.Cancelled;
import dev.millrace.executor.ExecutionOutcome.Exited;
import dev.millrace.executor.ExecutionRequest;
import dev.millrace.executor.OutcomeRecorder;
import dev.millrace.executor.ResourceUsage;
import dev.millrace.executor.TaskExecutorProvider;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What holds of every executor and can be seen of one that runs nothing. */
class NullTaskExecutorTest {
  private static final ExecutionRequest REQUEST =
      new ExecutionRequest(
          "run/0/1",
          List.of("/no/such/program"),
          Map.of(),
          Path.of("/no/such/folder"),
          Path.of("/no/such/folder/out"),
          Path.of("/no/such/folder/err"),
          null,
          null,
          Map.of());

  @Test
  void everyAttemptSucceedsOnceOnAnotherThread() {
    List<OutcomeRecorder> recorders = new ArrayList<>();
    AtomicReference<Thread> teller = new AtomicReference<>();
    try (NullTaskExecutor executor = new NullTaskExecutor()) {
      for (int i = 0; i < 1_000; i++) {
        OutcomeRecorder recorder = new OutcomeRecorder(() -> teller.set(Thread.currentThread()));
        executor.start(REQUEST, recorder).cancel();
        recorders.add(recorder);
      }
    }
    for (OutcomeRecorder recorder : recorders) {
      assertEquals(new Exited(0, ResourceUsage.NONE), recorder.await());
      assertEquals(1, recorder.count());
    }
    assertNotSame(Thread.currentThread(), teller.get());
  }

  @Test
  void aClosedExecutorStartsNothing() {
    NullTaskExecutor executor = new NullTaskExecutor();
    executor.close();
    OutcomeRecorder recorder = new OutcomeRecorder();
    executor.start(REQUEST, recorder).cancel();
    assertInstanceOf(Cancelled.class, recorder.await());
  }

  @Test
  void aListenerThatThrowsHarmsNothing() {
    Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> {});
    try (NullTaskExecutor executor = new NullTaskExecutor()) {
      for (int i = 0; i < 2; i++) {
        OutcomeRecorder recorder =
            new OutcomeRecorder(
                () -> {
                  throw new IllegalStateException("on purpose");
                });
        executor.start(REQUEST, recorder).cancel();
        assertInstanceOf(Exited.class, recorder.await());
      }
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(before);
    }
  }

  @Test
  void isOfferedOnlyWhereItIsAskedFor() {
    TaskExecutorProvider provider =
        ServiceLoader.load(TaskExecutorProvider.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(found -> found.name().equals(NullTaskExecutor.NAME))
            .findFirst()
            .orElseThrow();
    assertFalse(provider.isOffered());
    System.setProperty(NullExecutorProvider.PROPERTY, "true");
    try {
      assertTrue(provider.isOffered());
    } finally {
      System.clearProperty(NullExecutorProvider.PROPERTY);
    }
  }
}

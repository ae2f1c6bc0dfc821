package dev.millrace.executors.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.executors.docker.StartGate.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class StartGateTest {
  private static final int PLACES = 4;

  @Test
  void twoHundredAtOnceAreNeverMoreThanThePlaces() throws Exception {
    StartGate gate = new StartGate(PLACES);
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    Callable<Boolean> start =
        () -> {
          try (Place _ = Objects.requireNonNull(gate.enter(() -> false))) {
            most.accumulateAndGet(inside.incrementAndGet(), Math::max);
            Thread.onSpinWait();
            inside.decrementAndGet();
          }
          return true;
        };
    List<Future<Boolean>> all = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 200; i++) {
        all.add(threads.submit(start));
      }
      for (Future<Boolean> each : all) {
        assertTrue(each.get(30, TimeUnit.SECONDS));
      }
    }
    assertTrue(most.get() <= PLACES, most::toString);
    assertEquals(0, inside.get());
  }

  @Test
  void whoGivesUpIsWokenAndTakesNoPlace() throws Exception {
    StartGate gate = new StartGate(1);
    AtomicBoolean givenUp = new AtomicBoolean();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        Place held = gate.enter(() -> false)) {
      Future<Boolean> waiter =
          threads.submit(
              () -> {
                try (Place place = gate.enter(givenUp::get)) {
                  return place == null;
                }
              });
      givenUp.set(true);
      gate.wake();
      assertTrue(waiter.get(30, TimeUnit.SECONDS));
      assertTrue(held != null);
    }
    try (Place again = gate.enter(() -> false)) {
      assertTrue(again != null);
    }
    assertNull(gate.enter(() -> true));
  }
}

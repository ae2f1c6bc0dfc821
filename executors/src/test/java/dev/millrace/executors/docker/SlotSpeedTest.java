package dev.millrace.executors.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.executor.Execution;
import dev.millrace.executor.ExecutionListener;
import dev.millrace.executor.ExecutionRequest;
import dev.millrace.executor.OutcomeRecorder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

/** What slots are for. The bound is far below what they reach, for machines that are busy. */
@RequiresDocker
class SlotSpeedTest extends SlotFixture {
  private static final int AT_ONCE = 4;
  private static final int STEPS = Integer.getInteger("millrace.test.steps", 200);
  private static final int CONTAINERS = Integer.getInteger("millrace.test.containers", 8);
  private static final double LEAST_GAIN = 10;

  @Test
  void shortStepsAreManyTimesFasterThanContainers() {
    try (ContainerMode containers =
        new ContainerMode(
            executor().engine(), executor().pool().settings(), ContainerFixture.SHORT)) {
      double container = secondsEach(CONTAINERS, containers::start);
      double slot = secondsEach(STEPS, executor()::start);
      assertTrue(
          container > LEAST_GAIN * slot,
          () -> "container " + container + " s, slot " + slot + " s");
    }
  }

  private double secondsEach(
      int count, BiFunction<ExecutionRequest, ExecutionListener, Execution> start) {
    Semaphore places = new Semaphore(AT_ONCE);
    List<OutcomeRecorder> recorders = new ArrayList<>();
    List<ExecutionRequest> requests = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      requests.add(request(Wish.plain(), List.of("true")));
    }
    long begin = System.nanoTime();
    for (ExecutionRequest request : requests) {
      places.acquireUninterruptibly();
      OutcomeRecorder recorder = new OutcomeRecorder(places::release);
      recorders.add(recorder);
      var _ = start.apply(request, recorder);
    }
    for (int i = 0; i < count; i++) {
      assertEquals(0, new Ended(requests.get(i), recorders.get(i).await()).exitCode());
    }
    return (System.nanoTime() - begin) / 1e9 / count;
  }
}

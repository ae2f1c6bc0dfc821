package dev.millrace.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class SchedulerTest {
  private static final Demand SMALL = new Demand("local", Map.of("cpus", 1.0));
  private static final Demand LARGE = new Demand("local", Map.of("cpus", 2.0));

  private final Scheduler scheduler = new Scheduler();
  private long sequence;

  private QueuedTask queue(int task, Demand demand, int priority) {
    QueuedTask queued = new QueuedTask("r", task, demand, priority, sequence++);
    scheduler.offer(queued);
    return queued;
  }

  private List<Integer> placed() {
    return scheduler.place().stream().map(placement -> placement.queued().task()).toList();
  }

  @Test
  void placesByPriorityThenByOrderWhileThereIsRoom() {
    scheduler.addWorker("w", Set.of("local"), Map.of("cpus", 2.0));
    queue(1, SMALL, 0);
    queue(2, SMALL, 0);
    queue(3, SMALL, 5);
    assertEquals(List.of(3, 1), placed());
    assertEquals(List.of(), placed());
    scheduler.release("w", SMALL);
    assertEquals(List.of(2), placed());
  }

  @Test
  void tenthsAddUp() {
    Demand tenth = new Demand("local", Map.of("cpus", 0.1));
    scheduler.addWorker("w", Set.of("local"), Map.of("cpus", 1.0));
    for (int task = 0; task < 11; task++) {
      queue(task, tenth, 0);
    }
    assertEquals(10, placed().size());
  }

  @Test
  void smallTasksPassALargeOneOnlySoOften() {
    scheduler.addWorker("w", Set.of("local"), Map.of("cpus", 2.0));
    queue(0, SMALL, 0);
    assertEquals(List.of(0), placed());
    queue(1, LARGE, 0);
    int passed = 0;
    for (int task = 2; task < 500; task++) {
      queue(task, SMALL, 0);
    }
    while (!placed().isEmpty()) {
      passed++;
      scheduler.release("w", SMALL);
    }
    assertEquals(Scheduler.PATIENCE, passed);
    scheduler.release("w", SMALL);
    assertEquals(List.of(1), placed());
  }

  @Test
  void knowsWhatNeverFits() {
    scheduler.addWorker("w", Set.of("local"), Map.of("cpus", 1.0));
    assertTrue(scheduler.couldEverPlace(SMALL));
    assertFalse(scheduler.couldEverPlace(LARGE));
    assertFalse(scheduler.couldEverPlace(new Demand("docker", Map.of())));
    assertFalse(scheduler.couldEverPlace(new Demand("local", Map.of("gpus", 1.0))));
  }

  @Test
  void withdrawsARun() {
    scheduler.addWorker("w", Set.of("local"), Map.of("cpus", 2.0));
    queue(1, SMALL, 0);
    scheduler.withdraw("r");
    assertEquals(List.of(), placed());
  }
}

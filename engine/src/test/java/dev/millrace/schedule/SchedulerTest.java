package dev.millrace.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class SchedulerTest {
  private static final Demand SMALL = new Demand("local", Map.of("cpus", 1.0));
  private static final Demand LARGE = new Demand("local", Map.of("cpus", 2.0));
  private static final Demand GPU = new Demand("local", Map.of("cpus", 1.0, "gpus", 1.0));
  private static final Demand LICENSED =
      new Demand("local", Map.of("cpus", 1.0, "pool:license", 1.0));

  private final Scheduler scheduler = new Scheduler();
  private long sequence;

  private void worker(String name, double cpus) {
    scheduler.addWorker(name, Set.of("local"), Map.of("cpus", cpus));
  }

  private void queue(int task, Demand demand, int priority) {
    scheduler.offer(new QueuedTask("r", task, demand, priority, sequence++));
  }

  private void queueHeavy(int task, Demand demand, double weight) {
    scheduler.offer(new QueuedTask("r", task, demand, 0, sequence++, weight, List.of()));
  }

  private List<Integer> placed() {
    return scheduler.place().stream().map(placement -> placement.queued().task()).toList();
  }

  private List<String> placedWhere() {
    return scheduler.place().stream().map(Placement::worker).toList();
  }

  @Test
  void placesByPriorityThenByOrderWhileThereIsRoom() {
    worker("w", 2);
    queue(1, SMALL, 0);
    queue(2, SMALL, 0);
    queue(3, SMALL, 5);
    assertEquals(List.of(3, 1), placed());
    assertEquals(List.of(), placed());
    assertTrue(scheduler.release("w", "r", 3));
    assertEquals(List.of(2), placed());
  }

  @Test
  void placesTheHeaviestOfARunFirst() {
    worker("w", 8);
    queueHeavy(1, SMALL, 10);
    queueHeavy(2, SMALL, 30);
    queueHeavy(3, LARGE, 20);
    queueHeavy(4, SMALL, 30);
    assertEquals(List.of(2, 4, 3, 1), placed());
  }

  @Test
  void aLightTaskIsPlacedThoughHeavierOnesKeepComing() {
    worker("w", 1);
    queueHeavy(0, SMALL, 1);
    assertTrue(placementsUntil(0, SMALL) <= 20);
  }

  @Test
  void aLightTaskOfAnotherDemandIsPlacedThoughHeavierOnesKeepComing() {
    worker("w", 1);
    queueHeavy(0, new Demand("local", Map.of("cpus", 0.75)), 1);
    assertTrue(placementsUntil(0, SMALL) <= 40);
  }

  /** Queues a heavy task whenever one is placed. */
  private int placementsUntil(int wanted, Demand heavy) {
    for (int task = 1; task < 1000; task++) {
      queueHeavy(task, heavy, 1000 + task);
      for (int placed : placed()) {
        if (placed == wanted) {
          return task;
        }
        scheduler.release("w", "r", placed);
      }
    }
    return Integer.MAX_VALUE;
  }

  @Test
  void tenthsAddUp() {
    Demand tenth = new Demand("local", Map.of("cpus", 0.1));
    worker("w", 1);
    for (int task = 0; task < 11; task++) {
      queue(task, tenth, 0);
    }
    assertEquals(10, placed().size());
    for (int task = 0; task < 10; task++) {
      scheduler.release("w", "r", task);
    }
    assertEquals(Map.of("cpus", 1.0), scheduler.free("w"));
  }

  @Test
  void knowsWhatNeverFits() {
    worker("w", 1);
    assertTrue(scheduler.couldEverPlace(SMALL));
    assertFalse(scheduler.couldEverPlace(LARGE));
    assertFalse(scheduler.couldEverPlace(new Demand("docker", Map.of())));
    assertFalse(scheduler.couldEverPlace(new Demand("local", Map.of("gpus", 1.0))));
    scheduler.drain("w");
    assertTrue(scheduler.couldEverPlace(SMALL));
    scheduler.removeWorker("w");
    assertFalse(scheduler.couldEverPlace(SMALL));
  }

  @Test
  void refusesNonsense() {
    assertThrows(IllegalArgumentException.class, () -> scheduler.setWeight("r", 0));
    assertThrows(IllegalArgumentException.class, () -> scheduler.setWeight("r", Double.NaN));
    assertThrows(IllegalArgumentException.class, () -> queue(-1, SMALL, 0));
    assertThrows(IllegalArgumentException.class, () -> queueHeavy(1, SMALL, Double.NaN));
    assertThrows(
        IllegalArgumentException.class, () -> new Demand("local", Map.of("cpus", Double.NaN)));
    assertThrows(IllegalArgumentException.class, () -> new Demand("local", Map.of("cpus", -1.0)));
  }

  @Test
  void whatNeverFitsIsInNobodysWay() {
    worker("w", 1);
    queue(1, LARGE, 9);
    for (int task = 2; task < 100; task++) {
      queue(task, SMALL, 0);
      assertEquals(List.of(task), placed());
      scheduler.release("w", "r", task);
    }
  }

  // ---- queued tasks ----

  @Test
  void withdrawsARun() {
    worker("w", 2);
    queue(1, SMALL, 0);
    queue(2, LARGE, 3);
    scheduler.withdraw("r");
    assertEquals(0, scheduler.queued());
    assertEquals(List.of(), placed());
    queue(1, SMALL, 0);
    assertEquals(List.of(1), placed());
  }

  @Test
  void withdrawsATask() {
    worker("w", 2);
    queue(1, SMALL, 0);
    queue(2, SMALL, 0);
    queue(3, SMALL, 0);
    assertTrue(scheduler.withdraw("r", 1));
    assertFalse(scheduler.withdraw("r", 1));
    assertFalse(scheduler.withdraw("unknown", 1));
    assertEquals(2, scheduler.queued());
    assertEquals(List.of(2, 3), placed());
    assertFalse(scheduler.withdraw("r", 2));
  }

  @Test
  void withdrawsManyTasks() {
    worker("w", 2);
    for (int task = 0; task < 10_000; task++) {
      queueHeavy(task, SMALL, task % 7);
    }
    for (int task = 0; task < 10_000; task++) {
      assertEquals(task % 5000 != 0, task % 5000 != 0 && scheduler.withdraw("r", task));
    }
    assertEquals(List.of(5000, 0), placed());
  }

  @Test
  void aTaskThatIsOfferedAgainReplacesItself() {
    worker("w", 4);
    queue(1, SMALL, 0);
    queue(1, LARGE, 2);
    assertEquals(1, scheduler.queued());
    List<Placement> placements = scheduler.place();
    assertEquals(1, placements.size());
    assertEquals(LARGE, placements.getFirst().queued().demand());
  }

  @Test
  void theSameTaskMayComeBack() {
    worker("w", 1);
    QueuedTask light = new QueuedTask("r", 0, SMALL, 0, 0, 1, List.of());
    QueuedTask heavy = new QueuedTask("r", 1, SMALL, 0, 1, 2, List.of());
    for (int i = 0; i < 5; i++) {
      scheduler.offer(light);
      scheduler.offer(heavy);
      assertTrue(scheduler.withdraw("r", 0));
      assertTrue(scheduler.withdraw("r", 1));
      scheduler.offer(heavy);
      scheduler.offer(light);
      assertEquals(List.of(1), placed());
      scheduler.release("w", "r", 1);
      assertEquals(List.of(0), placed());
      scheduler.release("w", "r", 0);
    }
    assertEquals(0, scheduler.queued());
  }

  // ---- large tasks ----

  @Test
  void noMoreThanItNeedsItselfPassesALargeTask() {
    worker("w", 2);
    queue(0, SMALL, 0);
    assertEquals(List.of(0), placed());
    queue(1, LARGE, 0);
    for (int task = 2; task < 500; task++) {
      queue(task, SMALL, 0);
    }
    assertEquals(List.of(2), placed());
    scheduler.release("w", "r", 2);
    assertEquals(List.of(3), placed());
    scheduler.release("w", "r", 3);
    assertEquals(List.of(), placed());
    scheduler.release("w", "r", 0);
    assertEquals(List.of(1), placed());
    scheduler.release("w", "r", 1);
    assertEquals(List.of(4, 5), placed());
  }

  @Test
  void onlyOneWorkerIsKeptForALargeTask() {
    worker("v", 2);
    worker("w", 2);
    for (int task = 0; task < 4; task++) {
      queue(task, SMALL, 0);
    }
    assertEquals(List.of("v", "v", "w", "w"), placedWhere());
    queue(4, LARGE, 0);
    for (int task = 5; task < 100; task++) {
      queue(task, SMALL, 0);
    }
    scheduler.release("w", "r", 2);
    assertEquals(List.of(5), placed());
    scheduler.release("w", "r", 5);
    assertEquals(List.of(6), placed());
    scheduler.release("v", "r", 0);
    assertEquals(List.of(), placed(), "kept: as much is missing on both, so it is the first");
    scheduler.release("w", "r", 6);
    assertEquals(List.of(7), placed());
    scheduler.release("w", "r", 7);
    assertEquals(List.of(8), placed());
    scheduler.release("v", "r", 1);
    assertEquals(List.of(4), placed());
  }

  @Test
  void higherPriorityMayTakeWhatIsKept() {
    worker("w", 2);
    queue(0, SMALL, 0);
    queue(1, SMALL, 0);
    assertEquals(List.of(0, 1), placed());
    queue(2, LARGE, 0);
    for (int task = 3; task < 6; task++) {
      queue(task, SMALL, 0);
      scheduler.release("w", "r", task == 3 ? 1 : task - 1);
      assertEquals(task < 5 ? List.of(task) : List.of(), placed());
    }
    queue(6, SMALL, 1);
    assertEquals(List.of(6), placed());
  }

  @Test
  void whoeverDoesNotTakeWhatIsMissingDoesNotPass() {
    scheduler.addWorker("w", Set.of("local"), Map.of("cpus", 4.0, "gpus", 1.0));
    queue(0, GPU, 0);
    assertEquals(List.of(0), placed());
    queue(1, GPU, 0);
    for (int task = 2; task < 200; task++) {
      queue(task, SMALL, 0);
      assertEquals(List.of(task), placed());
      scheduler.release("w", "r", task);
    }
  }

  // ---- workers ----

  @Test
  void placesOnlyWhereTheLabelsAre() {
    worker("w", 2);
    Demand europe = new Demand("local", Map.of("cpus", 1.0), Map.of("zone", "eu"));
    queue(1, europe, 0);
    assertFalse(scheduler.couldEverPlace(europe));
    assertEquals(List.of(), placed());
    Map<String, String> labels = Map.of("zone", "eu", "disk", "ssd");
    scheduler.addWorker(new WorkerSpec("x", Set.of("local"), Map.of("cpus", 1.0), labels));
    assertEquals(List.of("x"), placedWhere());
  }

  @Test
  void releasesATaskOnce() {
    worker("w", 1);
    queue(1, SMALL, 0);
    queue(2, SMALL, 0);
    queue(3, SMALL, 0);
    assertEquals(List.of(1), placed());
    assertTrue(scheduler.release("w", "r", 1));
    assertFalse(scheduler.release("w", "r", 1));
    assertEquals(List.of(2), placed());
  }

  @Test
  void aDrainedWorkerIsGivenNothingUntilItIsAddedAgain() {
    worker("w", 1);
    scheduler.drain("w");
    queue(1, SMALL, 0);
    assertEquals(List.of(), placed());
    worker("w", 1);
    assertEquals(List.of(1), placed());
  }

  @Test
  void whatARemovedWorkerHeldIsHeldNoMore() {
    worker("w", 1);
    queue(1, SMALL, 0);
    assertEquals(List.of(1), placed());
    scheduler.removeWorker("w");
    assertFalse(scheduler.release("w", "r", 1));
    assertEquals(Map.of(), scheduler.free("w"));
    queue(1, SMALL, 0);
    assertEquals(List.of(), placed());
    worker("w", 1);
    assertEquals(List.of(1), placed());
  }

  @Test
  void aWorkerThatTellsOfItselfAgainHoldsWhatItHeld() {
    worker("w", 2);
    queue(1, SMALL, 0);
    queue(2, SMALL, 0);
    queue(3, SMALL, 0);
    assertEquals(List.of(1, 2), placed());
    worker("w", 3);
    assertEquals(Map.of("cpus", 1.0), scheduler.free("w"));
    assertEquals(List.of(3), placed());
  }

  @Test
  void whatAWorkerSaysThatItHoldsCounts() {
    worker("w", 4);
    scheduler.occupy("w", new QueuedTask("old", 7, LARGE, 0, 0));
    scheduler.occupy("w", new QueuedTask("old", 7, LARGE, 0, 0));
    assertEquals(Map.of("cpus", 2.0), scheduler.free("w"));
    queue(1, SMALL, 0);
    queue(2, SMALL, 0);
    queue(3, SMALL, 0);
    assertEquals(List.of(1, 2), placed());
    assertTrue(scheduler.release("w", "old", 7));
    assertFalse(scheduler.release("w", "old", 7));
    assertEquals(Map.of("cpus", 2.0), scheduler.free("w"));
  }

  // ---- where ----

  @Test
  void packsSoThatThereIsRoomForLargeTasks() {
    worker("v", 4);
    worker("w", 2);
    queue(1, SMALL, 0);
    queue(2, SMALL, 0);
    queue(3, SMALL, 0);
    assertEquals(List.of("w", "w", "v"), placedWhere());
  }

  @Test
  void leavesGpusToThoseWhoNeedThem() {
    scheduler.addWorker("v", Set.of("local"), Map.of("cpus", 2.0, "gpus", 1.0));
    worker("w", 2);
    queue(1, SMALL, 0);
    queue(2, SMALL, 0);
    queue(3, SMALL, 0);
    queue(4, GPU, 0);
    assertEquals(List.of("w", "w", "v", "v"), placedWhere());
  }

  @Test
  void prefersTheWorkerThatHasTheInput() {
    worker("v", 2);
    worker("w", 2);
    scheduler.offer(new QueuedTask("r", 1, LARGE, 0, 1, 0, List.of("gone", "w")));
    scheduler.offer(new QueuedTask("r", 2, LARGE, 0, 2, 0, List.of("gone", "w")));
    assertEquals(List.of("w", "v"), placedWhere());
  }

  @Test
  void givesAheadWhereLeastWaits() {
    worker("v", 1);
    worker("w", 1);
    for (int task = 0; task < 7; task++) {
      queue(task, SMALL, 0);
    }
    List<String> where = scheduler.place(2).stream().map(Placement::worker).toList();
    assertEquals(List.of("v", "w", "v", "w", "v", "w"), where);
    scheduler.release("w", "r", 1);
    assertEquals(List.of(), scheduler.place(1));
    assertEquals(1, scheduler.place(2).size());
  }

  // ---- limits ----

  @Test
  void aLimitHoldsForAllWorkersAndIsNotGivenAhead() {
    worker("v", 2);
    worker("w", 2);
    assertFalse(scheduler.couldEverPlace(LICENSED));
    scheduler.setLimit("pool:license", 2);
    assertTrue(scheduler.couldEverPlace(LICENSED));
    for (int task = 0; task < 4; task++) {
      queue(task, LICENSED, 0);
    }
    queue(4, SMALL, 0);
    assertEquals(
        List.of(0, 1, 4),
        scheduler.place(8).stream().map(placement -> placement.queued().task()).toList());
    scheduler.release("v", "r", 0);
    assertEquals(List.of(2), placed());
    scheduler.setLimit("pool:license", 3);
    assertEquals(List.of(3), placed());
  }
}

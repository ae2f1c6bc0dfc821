package dev.millrace.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Shares of runs, seen from outside. */
final class FairShareTest {
  private static final int SEEDS = 60;
  private static final int ROUNDS = 3000;

  private final Scheduler scheduler = new Scheduler();
  private final Deque<Placement> running = new ArrayDeque<>();
  private final Map<String, Integer> nextTask = new HashMap<>();
  private long sequence;

  static LongStream seeds() {
    return LongStream.range(0, SEEDS);
  }

  private void worker(double cpus) {
    scheduler.addWorker("w", Set.of("local"), Map.of("cpus", cpus));
  }

  private static Demand cpus(double amount) {
    return new Demand("local", Map.of("cpus", amount));
  }

  private void offer(String run, Demand demand, int count) {
    for (int i = 0; i < count; i++) {
      int task = nextTask.merge(run, 1, Integer::sum) - 1;
      scheduler.offer(new QueuedTask(run, task, demand, 0, sequence++));
    }
  }

  private List<Placement> place() {
    List<Placement> placements = scheduler.place();
    running.addAll(placements);
    return placements;
  }

  private void release(Placement ended) {
    scheduler.release(ended.worker(), ended.queued().run(), ended.queued().task());
  }

  private long holding(String run) {
    return running.stream().filter(placement -> placement.queued().run().equals(run)).count();
  }

  @Test
  void aSmallRunIsNotBehindALargeOne() {
    worker(4);
    offer("large", cpus(1), 10_000);
    for (int i = 0; i < 1000; i++) {
      place();
      release(running.removeFirst());
    }
    offer("small", cpus(1), 10);
    int placements = 0;
    for (int left = 10; left > 0; ) {
      for (Placement placement : place()) {
        placements++;
        left -= placement.queued().run().equals("small") ? 1 : 0;
      }
      release(running.removeFirst());
    }
    assertTrue(placements <= 22, placements + " placements");
  }

  @Test
  void longTasksDoNotTakeThePlacesOfShortOnes() {
    worker(8);
    offer("long", cpus(1), 100);
    offer("short", cpus(1), 5000);
    place();
    assertEquals(4, holding("long"));
    for (int i = 0; i < 4000; i++) {
      Placement ended =
          running.stream()
              .filter(each -> each.queued().run().equals("short"))
              .findFirst()
              .orElseThrow();
      running.remove(ended);
      release(ended);
      place();
    }
    assertEquals(4, holding("long"));
  }

  @Test
  void aRunMaySaveNothingUp() {
    worker(4);
    offer("busy", cpus(1), 4000);
    offer("idle", cpus(1), 1);
    for (int i = 0; i < 2000; i++) {
      place();
      release(running.removeFirst());
    }
    offer("idle", cpus(1), 100);
    for (int i = 0; i < 20; i++) {
      place();
      assertTrue(holding("idle") <= 3, "at most one more than half");
      release(running.removeFirst());
    }
  }

  @Test
  void theDominantResourceCounts() {
    scheduler.addWorker("w", Set.of("local"), Map.of("cpus", 9.0, "memory", 18.0));
    offer("a", new Demand("local", Map.of("cpus", 1.0, "memory", 4.0)), 100);
    offer("b", new Demand("local", Map.of("cpus", 3.0, "memory", 1.0)), 100);
    place();
    assertEquals(3, holding("a"), "the example of the paper");
    assertEquals(2, holding("b"));
  }

  @Test
  void weightsHoldInWhatIsHeld() {
    worker(60);
    scheduler.setWeight("a", 3);
    scheduler.setWeight("b", 2);
    offer("a", cpus(1), 100);
    offer("b", cpus(1), 100);
    offer("c", cpus(1), 100);
    place();
    assertEquals(30, holding("a"));
    assertEquals(20, holding("b"));
    assertEquals(10, holding("c"));
  }

  @ParameterizedTest
  @CsvSource({"1, 2, 1", "2, 2, 1", "3, 2, 1", "2, 3, 2", "4, 5, 1", "1, 1, 1", "3, 1, 1"})
  void weightsHoldOnFewPlacesToo(int places, double weight, double other) {
    worker(places);
    scheduler.setWeight("a", weight);
    scheduler.setWeight("b", other);
    Map<String, Integer> served = new HashMap<>();
    for (int i = 0; i < ROUNDS; i++) {
      offer("a", cpus(1), i == 0 ? 10 : 1);
      offer("b", cpus(1), i == 0 ? 10 : 1);
      place().forEach(placed -> served.merge(placed.queued().run(), 1, Integer::sum));
      release(running.removeFirst());
    }
    double ratio = (double) served.getOrDefault("a", 0) / served.getOrDefault("b", 0);
    assertEquals(weight / other, ratio, 0.02 * weight / other);
  }

  /**
   * Of two runs that always have tasks, what each was given by its weight never differs by more
   * than two tasks of each, where all tasks are of one size and end in the order in which they
   * began.
   */
  @ParameterizedTest
  @MethodSource("seeds")
  void neitherOfTwoBusyRunsGetsAhead(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double size = 1 + random.nextInt(2);
    Given given = serveTwo(random, cpus(size), cpus(size));
    double bound = 2 * size * (1 / given.weight + 1);
    assertTrue(given.difference <= bound, "seed " + seed + ": " + given);
  }

  /** What is too large for the place of a smaller task still gets half of its part at least. */
  @ParameterizedTest
  @MethodSource("seeds")
  void neitherOfTwoBusyRunsGetsMoreThanTwice(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Given given = serveTwo(random, cpus(1 + random.nextInt(4)), cpus(1 + random.nextInt(4)));
    double ratio = given.a / given.b;
    assertTrue(ratio > 0.5 && ratio < 2, "seed " + seed + ": " + given);
  }

  /**
   * What two runs were given by their weights.
   *
   * @param difference the largest that there was at any time
   */
  private record Given(double weight, double a, double b, double difference) {}

  private Given serveTwo(SplittableRandom random, Demand ofA, Demand ofB) {
    worker(8 + random.nextInt(56));
    double weight = 1 + random.nextInt(4);
    scheduler.setWeight("a", weight);
    double a = 0;
    double b = 0;
    double difference = 0;
    offer("a", ofA, 70);
    offer("b", ofB, 70);
    for (int i = 0; i < ROUNDS; i++) {
      for (Placement placement : place()) {
        QueuedTask task = placement.queued();
        double size = task.demand().amounts().getOrDefault("cpus", 0.0);
        if (task.run().equals("a")) {
          a += size / weight;
        } else {
          b += size;
        }
        difference = Math.max(difference, Math.abs(a - b));
        offer(task.run(), task.demand(), 1);
      }
      release(running.removeFirst());
    }
    return new Given(weight, a, b, difference);
  }

  @Test
  void aRunIsForgottenOnceItHasEndedAndHoldsNothing() {
    FairShare fair = new FairShare();
    RunAccount run = fair.account("r");
    run.open = true;
    fair.hold(run, 1);
    run.open = false;
    fair.settle(run);
    assertSame(run, fair.find("r"));
    fair.release(run, 1);
    assertNull(fair.find("r"));
  }
}

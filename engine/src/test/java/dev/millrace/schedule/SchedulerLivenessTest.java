package dev.millrace.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever keeps coming, each task is placed some time; what is placed depends on the calls only;
 * and in the end all is free.
 */
final class SchedulerLivenessTest {
  private static final int SEEDS = 50;
  private static final int SLOWEST = 30;
  private static final int MANY_ROUNDS = 100_000;
  private static final double[] AMOUNTS = {0.1, 0.3, 0.7, 1, 1.5, 2, 4, 8};
  private static final List<String> RESOURCES = List.of("cpus", "memory", "gpus");

  private final List<Running> running = new ArrayList<>();
  private final List<Demand> demands = new ArrayList<>();
  private Scheduler scheduler = new Scheduler();
  private SplittableRandom random = new SplittableRandom();
  private long sequence;
  private int tasks;
  private int rounds;
  private int newRuns;

  private record Running(Placement placement, int until) {}

  static LongStream seeds() {
    return LongStream.range(0, Long.getLong("schedule.seeds", SEEDS));
  }

  private void begin(long seed) {
    random = new SplittableRandom(seed);
    scheduler = new Scheduler();
    running.clear();
    demands.clear();
    rounds = 0;
    tasks = 0;
    sequence = 0;
    newRuns = random.nextInt(3);
    int workers = 1 + random.nextInt(3);
    for (int i = 0; i < workers; i++) {
      scheduler.addWorker("w" + i, Set.of("local"), capacity());
    }
    if (random.nextBoolean()) {
      scheduler.setLimit("gpus", 1 + random.nextInt(8));
    }
    while (demands.size() < 5) {
      Demand demand = demand();
      if (scheduler.couldEverPlace(demand)) {
        demands.add(demand);
      }
    }
  }

  private Map<String, Double> capacity() {
    Map<String, Double> capacity = new HashMap<>();
    capacity.put("cpus", 4.0 + random.nextInt(5));
    capacity.put("memory", 4.0 + random.nextInt(5));
    capacity.put("gpus", (double) random.nextInt(3));
    return capacity;
  }

  private Demand demand() {
    Map<String, Double> amounts = new HashMap<>();
    for (String resource : RESOURCES) {
      if (random.nextInt(3) != 0) {
        amounts.put(resource, AMOUNTS[random.nextInt(AMOUNTS.length)]);
      }
    }
    return new Demand("local", amounts);
  }

  /** Offers a task that is heavier than all before it, of one of few runs or of a new run. */
  private QueuedTask offer(double weight) {
    String run =
        newRuns > 0 && random.nextInt(3) < newRuns ? "new" + tasks : "r" + random.nextInt(3);
    Demand demand = demands.get(random.nextInt(demands.size()));
    QueuedTask task = new QueuedTask(run, tasks++, demand, 0, sequence++, weight, List.of());
    scheduler.offer(task);
    return task;
  }

  private List<Placement> round() {
    rounds++;
    for (Running each : List.copyOf(running)) {
      if (each.until <= rounds) {
        running.remove(each);
        QueuedTask task = each.placement.queued();
        assertTrue(scheduler.release(each.placement.worker(), task.run(), task.task()));
        scheduler.withdraw(task.run(), task.task());
      }
    }
    List<Placement> placements = scheduler.place(random.nextInt(50) == 0 ? 1 : 0);
    for (Placement placement : placements) {
      running.add(new Running(placement, rounds + 1 + random.nextInt(SLOWEST)));
    }
    return placements;
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void eachTaskIsPlacedWhateverKeepsComing(long seed) {
    begin(seed);
    for (int i = 0; i < 30; i++) {
      offer(i);
    }
    round();
    QueuedTask wanted = offer(0);
    boolean placed = false;
    while (!placed) {
      placed = round().stream().anyMatch(placement -> placement.queued().task() == wanted.task());
      assertTrue(rounds < MANY_ROUNDS, "seed " + seed + ": " + wanted);
      while (scheduler.queued() < 30) {
        offer((double) (1000 + sequence));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void allIsFreeInTheEnd(long seed) {
    begin(seed);
    Map<String, Map<String, Double>> free = free();
    for (int i = 0; i < 300; i++) {
      offer(random.nextInt(10));
      if (i % 5 == 0) {
        round();
      }
    }
    while (scheduler.queued() > 0 || !running.isEmpty()) {
      round();
      assertTrue(rounds < MANY_ROUNDS, "seed " + seed);
    }
    assertEquals(free, free(), "seed " + seed);
  }

  private Map<String, Map<String, Double>> free() {
    Map<String, Map<String, Double>> free = new HashMap<>();
    for (int i = 0; i < 3; i++) {
      free.put("w" + i, scheduler.free("w" + i));
    }
    return free;
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void placesTheSameAfterTheSameCalls(long seed) {
    assertEquals(history(seed), history(seed), "seed " + seed);
  }

  private List<Placement> history(long seed) {
    begin(seed);
    List<Placement> placements = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      offer(random.nextInt(10));
      placements.addAll(round());
    }
    return placements;
  }
}

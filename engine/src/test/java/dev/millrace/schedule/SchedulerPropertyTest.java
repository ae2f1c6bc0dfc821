package dev.millrace.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;

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
 * Random calls, compared with {@link ReferenceScheduler} after each. More of them with {@code
 * -Dschedule.seeds=10000}.
 */
final class SchedulerPropertyTest {
  private static final int SEEDS = 100;
  private static final int CALLS = 120;

  /** Amounts and capacities whose sums and quotients are exact. */
  private static final double[] AMOUNTS = {0.25, 0.5, 1, 2, 4};

  private static final double[] CAPACITIES = {1, 2, 4, 8};
  private static final double[] WEIGHTS = {0.5, 1, 1, 2, 4};

  private final Scheduler scheduler = new Scheduler();
  private final ReferenceScheduler reference = new ReferenceScheduler();
  private final List<Placement> held = new ArrayList<>();
  private final List<Demand> demands = new ArrayList<>();
  private SplittableRandom random = new SplittableRandom();
  private int workers;
  private int runs;
  private int tasks;
  private int priorities;
  private double ahead;
  private long sequence;

  static LongStream seeds() {
    return LongStream.range(0, Long.getLong("schedule.seeds", SEEDS));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void doesAsTheReferenceDoes(long seed) {
    random = new SplittableRandom(seed);
    workers = 1 + random.nextInt(4);
    runs = 1 + random.nextInt(6);
    tasks = 1 + random.nextInt(60);
    priorities = 1 + random.nextInt(3);
    int kinds = 1 + random.nextInt(6);
    for (int i = 0; i < kinds; i++) {
      demands.add(demand());
    }
    for (int i = 0; i < workers; i++) {
      addWorker("w" + i);
    }
    for (int call = 0; call < CALLS; call++) {
      call();
      String where = "seed " + seed + ", call " + call;
      place(where);
      assertEquals(reference.queued(), scheduler.queued(), where);
      for (int i = 0; i < workers; i++) {
        assertEquals(reference.free("w" + i), scheduler.free("w" + i), where);
      }
    }
  }

  private void place(String where) {
    if (random.nextInt(8) == 0) {
      ahead = random.nextInt(3) == 0 ? 1 + random.nextInt(3) : 0;
    }
    List<Placement> expected = reference.place(ahead);
    assertEquals(expected, scheduler.place(ahead), where);
    held.addAll(expected);
  }

  private void call() {
    int which = random.nextInt(100);
    if (which < 40) {
      offerSome();
    } else if (which < 80) {
      releaseSome();
    } else if (which < 84) {
      withdraw();
    } else if (which < 87) {
      addWorker("w" + random.nextInt(workers));
    } else if (which < 92) {
      loseWorker("w" + random.nextInt(workers));
    } else if (which < 96) {
      say();
    } else {
      limitOrWeigh();
    }
  }

  private Demand demand() {
    Map<String, Double> amounts = new HashMap<>();
    for (String name : List.of("cpus", "memory", "gpus", "tokens")) {
      if (random.nextInt(name.equals("cpus") ? 8 : 3) != 0 == name.equals("cpus")) {
        amounts.put(name, AMOUNTS[random.nextInt(AMOUNTS.length)]);
      }
    }
    Map<String, String> labels = random.nextInt(5) == 0 ? Map.of("zone", "eu") : Map.of();
    return new Demand(random.nextInt(6) == 0 ? "docker" : "local", amounts, labels);
  }

  private QueuedTask task() {
    String run = "r" + random.nextInt(runs);
    Demand demand = demands.get(random.nextInt(demands.size()));
    List<String> preferred =
        random.nextInt(4) == 0 ? List.of("w" + random.nextInt(workers), "none") : List.of();
    double weight = random.nextInt(3) == 0 ? random.nextInt(4) : 1;
    int priority = random.nextInt(priorities);
    return new QueuedTask(
        run, random.nextInt(tasks), demand, priority, sequence++, weight, preferred);
  }

  private void offerSome() {
    int count = random.nextInt(12);
    for (int i = 0; i < count; i++) {
      QueuedTask task = task();
      scheduler.offer(task);
      reference.offer(task);
    }
  }

  private void releaseSome() {
    int count = random.nextInt(8);
    for (int i = 0; i < count && !held.isEmpty(); i++) {
      Placement released = held.remove(random.nextInt(held.size()));
      QueuedTask task = released.queued();
      assertEquals(
          reference.release(released.worker(), task.run(), task.task()),
          scheduler.release(released.worker(), task.run(), task.task()));
    }
  }

  private void withdraw() {
    String run = "r" + random.nextInt(runs);
    if (random.nextInt(4) == 0) {
      reference.withdraw(run);
      scheduler.withdraw(run);
    } else {
      int task = random.nextInt(tasks);
      assertEquals(reference.withdraw(run, task), scheduler.withdraw(run, task));
    }
  }

  private void addWorker(String name) {
    Set<String> executors = random.nextInt(3) == 0 ? Set.of("local", "docker") : Set.of("local");
    Map<String, Double> capacity = new HashMap<>();
    for (String resource : List.of("cpus", "memory", "gpus", "tokens")) {
      if (random.nextInt(4) != 0) {
        capacity.put(resource, CAPACITIES[random.nextInt(CAPACITIES.length)]);
      }
    }
    Map<String, String> labels = random.nextInt(2) == 0 ? Map.of("zone", "eu") : Map.of();
    WorkerSpec spec = new WorkerSpec(name, executors, capacity, labels);
    scheduler.addWorker(spec);
    reference.addWorker(spec);
  }

  private void loseWorker(String name) {
    if (random.nextInt(2) == 0) {
      scheduler.removeWorker(name);
      reference.removeWorker(name);
    } else {
      scheduler.drain(name);
      reference.drain(name);
    }
  }

  private void say() {
    String worker = "w" + random.nextInt(workers);
    QueuedTask task = task();
    scheduler.occupy(worker, task);
    reference.occupy(worker, task);
    held.add(new Placement(task, worker));
  }

  private void limitOrWeigh() {
    if (random.nextInt(3) == 0) {
      double limit = CAPACITIES[random.nextInt(CAPACITIES.length)];
      scheduler.setLimit("tokens", limit);
      reference.setLimit("tokens", limit);
    } else {
      String run = "r" + random.nextInt(runs);
      double weight = WEIGHTS[random.nextInt(WEIGHTS.length)];
      scheduler.setWeight(run, weight);
      reference.setWeight(run, weight);
    }
  }
}

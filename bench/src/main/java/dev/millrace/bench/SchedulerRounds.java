package dev.millrace.bench;

import dev.millrace.schedule.Demand;
import dev.millrace.schedule.Placement;
import dev.millrace.schedule.QueuedTask;
import dev.millrace.schedule.Scheduler;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What it costs to queue, place and release a task. Arguments: number of tasks, runs, demands and
 * workers, 1,000,000, 10, 4 and 1 unless given. A worker has 64 slots. Prints the time for each
 * task of several rounds; the first ones warm up.
 */
public final class SchedulerRounds {
  /** Others may use the machine too, so it is the processor's time that is measured. */
  private static final ThreadMXBean CPU = ManagementFactory.getThreadMXBean();

  private static final int ROUNDS = 6;
  private static final int SLOTS = 64;
  private static final int NANOS_PER_MILLI = 1_000_000;

  private final int tasks;
  private final int runs;
  private final int workers;
  private final List<Demand> demands = new ArrayList<>();
  private final Scheduler scheduler = new Scheduler();

  private SchedulerRounds(int tasks, int runs, int kinds, int workers) {
    this.tasks = tasks;
    this.runs = runs;
    this.workers = workers;
    for (int i = 0; i < kinds; i++) {
      double memory = (1 + i) * 256.0 / kinds;
      demands.add(new Demand("local", Map.of("cpus", 1.0 + i % 2, "memory", memory)));
    }
  }

  /** Runs the benchmark. */
  public static void main(String[] arguments) {
    int tasks = argument(arguments, 0, 1_000_000);
    int runs = argument(arguments, 1, 10);
    int kinds = argument(arguments, 2, 4);
    int workers = argument(arguments, 3, 1);
    for (int round = 0; round < ROUNDS; round++) {
      new SchedulerRounds(tasks, runs, kinds, workers).round();
    }
  }

  private static int argument(String[] arguments, int index, int otherwise) {
    return arguments.length > index ? Integer.parseInt(arguments[index]) : otherwise;
  }

  private void round() {
    for (int i = 0; i < workers; i++) {
      scheduler.addWorker(
          "w" + i, Set.of("local"), Map.of("cpus", (double) SLOTS, "memory", 64 * 1024.0));
    }
    long start = CPU.getCurrentThreadCpuTime();
    offerAll();
    long offered = CPU.getCurrentThreadCpuTime();
    long placed = placeAll();
    long end = CPU.getCurrentThreadCpuTime();
    System.out.printf(
        Locale.ROOT,
        "%d tasks, %d runs, %d demands, %d workers: offer %d ns, place and release %d ns, all %d ns"
            + " a task, %d ms%n",
        placed,
        runs,
        demands.size(),
        workers,
        (offered - start) / placed,
        (end - offered) / placed,
        (end - start) / placed,
        (end - start) / NANOS_PER_MILLI);
  }

  private void offerAll() {
    String[] names = new String[runs];
    for (int i = 0; i < runs; i++) {
      names[i] = "run-" + i;
    }
    for (int task = 0; task < tasks; task++) {
      Demand demand = demands.get(task / runs % demands.size());
      scheduler.offer(new QueuedTask(names[task % runs], task / runs, demand, 0, task));
    }
  }

  private long placeAll() {
    Deque<Placement> running = new ArrayDeque<>();
    long placed = 0;
    while (true) {
      List<Placement> placements = scheduler.place();
      placed += placements.size();
      running.addAll(placements);
      Placement oldest = running.poll();
      if (oldest == null) {
        return placed;
      }
      scheduler.release(oldest.worker(), oldest.queued().run(), oldest.queued().task());
    }
  }
}

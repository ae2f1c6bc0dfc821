package dev.millrace.bench;

import dev.millrace.schedule.Demand;
import dev.millrace.schedule.Placement;
import dev.millrace.schedule.QueuedTask;
import dev.millrace.schedule.Scheduler;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One placement in the steady state: 64 processors taken, 10,000 tasks queued. The oldest placed
 * task is released, what there is room for is placed, and as much is queued again.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgsAppend = "-Xmx1g")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class SchedulerBenchmark {
  private static final int QUEUED = 10_000;
  private static final double CPUS = 64;

  /** How many runs the tasks are of. */
  @Param({"1", "100"})
  public int runs;

  private final Scheduler scheduler = new Scheduler();
  private final Demand demand = new Demand("local", Map.of("cpus", 1.0));
  private final Deque<Placement> running = new ArrayDeque<>();
  private long offered;

  /** Fills queue and worker. */
  @Setup
  public void fill() {
    scheduler.addWorker("w0", Set.of("local"), Map.of("cpus", CPUS));
    for (int i = 0; i < QUEUED + CPUS; i++) {
      offer();
    }
    running.addAll(scheduler.place());
  }

  private void offer() {
    int run = (int) (offered % runs);
    // Numbers of a run are used again, long after: they have to be dense.
    int task = (int) (offered / runs % (2 * QUEUED));
    scheduler.offer(new QueuedTask("run-" + run, task, demand, 0, offered));
    offered++;
  }

  /** Releases, places and queues one. */
  @Benchmark
  public List<Placement> placeOne() {
    Placement oldest = running.remove();
    scheduler.release(oldest.worker(), oldest.queued().run(), oldest.queued().task());
    List<Placement> placed = scheduler.place();
    running.addAll(placed);
    for (int i = 0; i < placed.size(); i++) {
      offer();
    }
    return placed;
  }
}

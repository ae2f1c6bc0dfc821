package dev.millrace.bench;

import dev.millrace.executors.none.NullTaskExecutor;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonReader;
import dev.millrace.pipeline.PipelineParser;
import dev.millrace.plan.ExecutorOffer;
import dev.millrace.plan.ImageUse;
import dev.millrace.plan.PathProbe;
import dev.millrace.plan.Plan;
import dev.millrace.plan.PlanRequest;
import dev.millrace.plan.Planned;
import dev.millrace.plan.Planner;
import dev.millrace.runtime.Engine;
import dev.millrace.runtime.EngineConfig;
import dev.millrace.runtime.RunEnd;
import dev.millrace.runtime.RunListener;
import dev.millrace.runtime.Submission;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.function.ToDoubleFunction;

/**
 * One wide step of tasks that cost nothing, with everything durable: what is left is the engine.
 *
 * <pre>
 * usage: NullRun TASKS ROUNDS [on|off]
 *        NullRun scale [LARGE [SMALL]]
 * </pre>
 *
 * The last argument of the first form is the step's {@code cache}. Each round has a state directory
 * of its own, so every task is new. Measured from the submission to the end of the run, in one
 * process: the first round is a cold one.
 *
 * <p>The second form compares what a task costs in a large run with what it costs in small ones: it
 * repeats the small run until it gets no faster, then does the large one once.
 */
public final class NullRun {
  private static final double CPUS = 64;

  /** Rounds of the small run are looked at by so many; these have to be done at least twice. */
  private static final int WINDOW = 5;

  /** It is steady when the next so many rounds were faster by less than this. */
  private static final double STEADY = 0.03;

  private static final int MOST_WINDOWS = 12;

  private static final HeapWatch HEAP = new HeapWatch();

  private NullRun() {}

  /** Runs the rounds and prints a line for each. */
  public static void main(String[] arguments) throws IOException {
    System.out.printf(
        "JVM: %s %s%n",
        Runtime.version(), ManagementFactory.getRuntimeMXBean().getInputArguments());
    if (arguments[0].equals("scale")) {
      int large = arguments.length > 1 ? Integer.parseInt(arguments[1]) : Plan.MAX_TASKS;
      int small = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 10_000;
      scale(large, small, System.out);
    } else {
      int tasks = Integer.parseInt(arguments[0]);
      int count = Integer.parseInt(arguments[1]);
      String cache = arguments.length > 2 ? arguments[2] : "on";
      List<Round> rounds = rounds(plan(tasks, cache), tasks, count, System.out);
      summarize("all rounds", rounds, System.out);
      if (count > 1) {
        summarize("without the first", rounds.subList(1, count), System.out);
      }
    }
  }

  private static void scale(int large, int small, PrintStream out) throws IOException {
    Plan plan = plan(small, "on");
    List<Round> steady = rounds(plan, small, WINDOW, out);
    for (int window = 1; window < MOST_WINDOWS; window++) {
      List<Round> before = steady;
      steady = rounds(plan, small, WINDOW, out);
      if (cpuMicros(steady) > cpuMicros(before) * (1 - STEADY)) {
        break;
      }
    }
    List<Round> once = rounds(plan(large, "on"), large, 1, out);
    summarize("small, steady", steady, out);
    summarize("large", once, out);
    out.printf(
        "cost a task at %,d as a multiple of that at %,d: %.2f by wall time, %.2f by CPU time%n",
        large, small, wallMicros(once) / wallMicros(steady), cpuMicros(once) / cpuMicros(steady));
  }

  /** What a round took. */
  private record Round(int tasks, double seconds, double cpuSeconds, long peakHeap, long kept) {}

  private static List<Round> rounds(Plan plan, int tasks, int count, PrintStream out)
      throws IOException {
    List<Round> rounds = new ArrayList<>();
    for (int round = 0; round < count; round++) {
      rounds.add(measure(plan, tasks, out));
    }
    return rounds;
  }

  private static void summarize(String what, List<Round> rounds, PrintStream out) {
    Round any = rounds.getFirst();
    double wall = wallMicros(rounds);
    out.printf(
        "%s: median of %d x %,d tasks: %.1f us wall a task (%,.0f tasks/s), %.1f us CPU a task,"
            + " largest heap %,d MiB, after a collection %,d MiB%n",
        what,
        rounds.size(),
        any.tasks,
        wall,
        1e6 / wall,
        cpuMicros(rounds),
        rounds.stream().mapToLong(Round::peakHeap).max().orElse(0) >> 20,
        rounds.stream().mapToLong(Round::kept).max().orElse(0) >> 20);
  }

  private static double wallMicros(List<Round> rounds) {
    return median(rounds, round -> round.seconds / round.tasks) * 1e6;
  }

  private static double cpuMicros(List<Round> rounds) {
    return median(rounds, round -> round.cpuSeconds / round.tasks) * 1e6;
  }

  private static double median(List<Round> rounds, ToDoubleFunction<Round> of) {
    double[] sorted = rounds.stream().mapToDouble(of).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  private static Plan plan(int tasks, String cache) throws IOException {
    StringJoiner items = new StringJoiner(",");
    for (int i = 0; i < tasks; i++) {
      items.add(Integer.toString(i));
    }
    String document =
        """
        {"version": 1, "name": "wide", "steps": {"t": {"command": ["true", "${{ item }}"],
          "executor": "null", "cache": "%s", "forEach": {"values": [%s]}}}}\
        """
            .formatted(cache, items);
    JsonObject json = (JsonObject) JsonReader.read(document.getBytes(StandardCharsets.UTF_8));
    if (PipelineParser.parse(json) instanceof PipelineParser.Parsed(var pipeline)
        && Planner.plan(
                new PlanRequest(
                    pipeline,
                    Map.of(),
                    Map.of(),
                    Map.of("null", ExecutorOffer.of(ImageUse.NONE)),
                    PathProbe.ANY))
            instanceof Planned.Ok(var plan)) {
      return plan;
    }
    throw new IllegalStateException("the benchmark's own document is refused");
  }

  private static Round measure(Plan plan, int tasks, PrintStream out) throws IOException {
    Path state = Files.createTempDirectory("millrace-null");
    EngineConfig config =
        new EngineConfig(state, Map.of("cpus", CPUS), "/usr/bin:/bin", Map.of(), false);
    Engine.Parts parts = new Engine.Parts(List.of(new NullTaskExecutor()), () -> {});
    HEAP.reset();
    try (Engine engine = Engine.open(config, "benchmark", parts)) {
      Submission submission =
          new Submission(plan.pipeline().source(), Map.of(), Map.of(), Map.of(), false);
      long cpu = processCpuNanos();
      long start = System.nanoTime();
      RunEnd end =
          engine
              .run(plan, submission, path -> {}, RunListener.NONE)
              .done()
              .toCompletableFuture()
              .join();
      double seconds = (System.nanoTime() - start) / 1e9;
      double cpuSeconds = (processCpuNanos() - cpu) / 1e9;
      Round round = new Round(tasks, seconds, cpuSeconds, HEAP.peak(), HEAP.peakAfterCollection());
      out.printf(
          "%,d tasks %s: %.2f s, %,.0f tasks/s, %.2f s CPU (%.1f us/task), largest heap %,d MiB,"
              + " after a collection %,d MiB%s%n",
          tasks,
          end.status().label(),
          seconds,
          tasks / seconds,
          cpuSeconds,
          cpuSeconds * 1e6 / tasks,
          round.peakHeap >> 20,
          round.kept >> 20,
          threads());
      return round;
    } finally {
      Samples.remove(state);
    }
  }

  private static long processCpuNanos() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean system
        ? system.getProcessCpuTime()
        : 0;
  }

  private static String threads() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    List<String> shown = new ArrayList<>();
    for (long id : threads.getAllThreadIds()) {
      ThreadInfo info = threads.getThreadInfo(id);
      long cpu = threads.getThreadCpuTime(id);
      if (info != null && info.getThreadName().startsWith("millrace") && cpu > 50_000_000) {
        shown.add("%s %.2f s".formatted(info.getThreadName(), cpu / 1e9));
      }
    }
    return " " + shown;
  }
}

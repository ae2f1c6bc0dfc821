package dev.millrace.bench;

import dev.millrace.executors.none.NullTaskExecutor;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonReader;
import dev.millrace.pipeline.PipelineParser;
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
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/**
 * One wide step of tasks that cost nothing, with everything durable: what is left is the engine.
 *
 * <pre>
 * usage: NullRun TASKS ROUNDS [on|off]
 * </pre>
 *
 * The last argument is the step's {@code cache}. Each round has a state directory of its own, so
 * every task is new. Measured from the submission to the end of the run, in one process: the first
 * round is a cold one.
 */
public final class NullRun {
  private static final double CPUS = 64;

  private NullRun() {}

  /** Runs the rounds and prints a line for each. */
  public static void main(String[] arguments) throws IOException {
    int tasks = Integer.parseInt(arguments[0]);
    int rounds = Integer.parseInt(arguments[1]);
    String cache = arguments.length > 2 ? arguments[2] : "on";
    Plan plan = plan(tasks, cache);
    for (int round = 0; round < rounds; round++) {
      measure(plan, tasks, System.out);
    }
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
                    pipeline, Map.of(), Map.of(), Map.of("null", ImageUse.NONE), PathProbe.ANY))
            instanceof Planned.Ok(var plan)) {
      return plan;
    }
    throw new IllegalStateException("the benchmark's own document is refused");
  }

  private static void measure(Plan plan, int tasks, PrintStream out) throws IOException {
    Path state = Files.createTempDirectory("millrace-null");
    EngineConfig config =
        new EngineConfig(state, Map.of("cpus", CPUS), "/usr/bin:/bin", Map.of(), false);
    Engine.Parts parts = new Engine.Parts(List.of(new NullTaskExecutor()), () -> {});
    resetPeaks();
    try (Engine engine = Engine.open(config, "benchmark", parts)) {
      Submission submission =
          new Submission(plan.pipeline().source(), Map.of(), Map.of(), Map.of(), false, 0);
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
      out.printf(
          "%,d tasks %s: %.2f s, %,.0f tasks/s, %.2f s CPU (%.1f us/task), peak heap %,d MiB%s%n",
          tasks,
          end.status().label(),
          seconds,
          tasks / seconds,
          cpuSeconds,
          cpuSeconds * 1e6 / tasks,
          peakHeap() >> 20,
          threads());
    } finally {
      remove(state);
    }
  }

  private static long processCpuNanos() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean system
        ? system.getProcessCpuTime()
        : 0;
  }

  private static List<MemoryPoolMXBean> heapPools() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP)
        .toList();
  }

  private static void resetPeaks() {
    System.gc();
    heapPools().forEach(MemoryPoolMXBean::resetPeakUsage);
  }

  private static long peakHeap() {
    return heapPools().stream().mapToLong(pool -> pool.getPeakUsage().getUsed()).sum();
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

  private static void remove(Path directory) throws IOException {
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, IOException failure)
              throws IOException {
            Files.delete(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}

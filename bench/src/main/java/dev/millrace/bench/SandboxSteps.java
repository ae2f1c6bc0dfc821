package dev.millrace.bench;

import dev.millrace.cache.Action.OutputPath;
import dev.millrace.content.Artifact;
import dev.millrace.content.DiskContentStore;
import dev.millrace.content.Trees;
import dev.millrace.sandbox.Collected;
import dev.millrace.sandbox.Sandbox;
import dev.millrace.sandbox.SandboxRoot;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * What sandboxes cost a chain of short steps: each step's input is the output of the one before,
 * and it leaves one small output and no text. Prints medians in microseconds of what the chain
 * waits for, and of the processor time in it; the step itself, a millisecond without work, is not
 * in them.
 *
 * <p>Arguments: a directory, which is made, and how many steps.
 */
public final class SandboxSteps {
  private static final List<String> PARTS = List.of("create", "collect", "texts", "remove");
  private static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final int SECTIONS = 5;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final SandboxRoot root;
  private final SortedMap<String, OutputPath> outputs =
      new TreeMap<>(Map.of("out", new OutputPath("out", false)));
  private final long[][] wall;
  private final long[][] cpu;
  private long wallStart;
  private long cpuStart;

  private SandboxSteps(SandboxRoot root, int steps) {
    this.root = root;
    wall = new long[steps][PARTS.size()];
    cpu = new long[steps][PARTS.size()];
  }

  /** Runs it. */
  public static void main(String[] args) throws IOException {
    Path directory = Path.of(args[0]);
    DiskContentStore store = DiskContentStore.open(directory.resolve("store"));
    Artifact last = Artifact.file(store.put("first".getBytes(StandardCharsets.UTF_8)));
    try (SandboxRoot root = SandboxRoot.open(directory.resolve("sandboxes"), new Trees(store))) {
      SandboxSteps benchmark = new SandboxSteps(root, Integer.parseInt(args[1]));
      for (int step = 0; step < benchmark.wall.length; step++) {
        last = benchmark.run(step, last);
      }
      benchmark.print();
    }
  }

  private Artifact run(int step, Artifact input) throws IOException {
    begin();
    SortedMap<String, Artifact> inputs = new TreeMap<>(Map.of("inputs/before", input));
    Sandbox sandbox = root.create(step + ".1", inputs, outputs);
    end(step, 0);
    write(sandbox, step);
    LockSupport.parkNanos(STEP_NANOS);
    begin();
    Collected collected = sandbox.collect();
    end(step, 1);
    sandbox.takeLog(sandbox.stdout());
    sandbox.takeLog(sandbox.stderr());
    end(step, 2);
    sandbox.remove();
    end(step, 3);
    return Objects.requireNonNull(((Collected.Outputs) collected).byName().get("out"));
  }

  private void begin() {
    cpuStart = THREADS.getCurrentThreadCpuTime();
    wallStart = System.nanoTime();
  }

  private void end(int step, int part) {
    wall[step][part] = System.nanoTime() - wallStart;
    cpu[step][part] = THREADS.getCurrentThreadCpuTime() - cpuStart;
    begin();
  }

  /** What a launcher and a step write. */
  private static void write(Sandbox sandbox, int step) throws IOException {
    Files.write(sandbox.stdout(), new byte[0]);
    Files.write(sandbox.stderr(), new byte[0]);
    Files.writeString(sandbox.workingDirectory().resolve("out"), "output of step " + step);
  }

  private void print() {
    int section = Math.max(1, wall.length / SECTIONS);
    for (int from = 0; from + section <= wall.length; from += section) {
      StringBuilder line = new StringBuilder("from step %5d:".formatted(from));
      double wallSum = 0;
      double cpuSum = 0;
      for (int part = 0; part < PARTS.size(); part++) {
        double wallMedian = median(wall, from, from + section, part);
        double cpuMedian = median(cpu, from, from + section, part);
        line.append("  %s %.0f (%.0f)".formatted(PARTS.get(part), wallMedian, cpuMedian));
        wallSum += wallMedian;
        cpuSum += cpuMedian;
      }
      System.out.printf("%s  all %.0f (%.0f) us%n", line, wallSum, cpuSum);
    }
  }

  private static double median(long[][] nanos, int from, int to, int part) {
    long[] sorted = new long[to - from];
    for (int i = from; i < to; i++) {
      sorted[i - from] = nanos[i][part];
    }
    Arrays.sort(sorted);
    return sorted[sorted.length / 2] / 1e3;
  }
}

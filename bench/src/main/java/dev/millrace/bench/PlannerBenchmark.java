package dev.millrace.bench;

import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonReader;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.PipelineParser;
import dev.millrace.plan.ExecutorOffer;
import dev.millrace.plan.ImageUse;
import dev.millrace.plan.PathProbe;
import dev.millrace.plan.Plan;
import dev.millrace.plan.PlanRequest;
import dev.millrace.plan.Planned;
import dev.millrace.plan.Planner;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.StringJoiner;
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

/** A document of 100,000 tasks: read, parsed, planned. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = "-Xmx2g")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class PlannerBenchmark {
  private static final int TASKS = 100_000;
  private static final int MATRIX = 100;

  /**
   * {@code fan}: one step of 100,000 values; {@code steps}: 1,000 steps of 100 tasks, each reading
   * the one before; {@code single}: 100,000 steps of one task, each reading the one before.
   */
  @Param({"fan", "steps", "single"})
  public String shape = "";

  private byte[] document;
  private JsonObject json;
  private Pipeline pipeline;

  /** Makes the document. */
  @Setup
  public void makeDocument() {
    String steps =
        switch (shape) {
          case "fan" -> fan();
          case "steps" -> chain(TASKS / MATRIX, true);
          default -> chain(TASKS, false);
        };
    document =
        "{\"version\": 1, \"name\": \"large\", \"steps\": {%s}}"
            .formatted(steps)
            .getBytes(StandardCharsets.UTF_8);
    json = read();
    pipeline = parse();
    if (plan().knownTasks() != TASKS) {
      throw new IllegalStateException("a plan of " + plan().knownTasks() + " tasks");
    }
  }

  private static String fan() {
    return "\"t\": {\"command\": [\"true\", \"${{ item }}\"], \"forEach\": {\"values\": [%s]}}"
        .formatted(numbers(TASKS));
  }

  private static String chain(int count, boolean wide) {
    String matrix = wide ? "\"matrix\": {\"i\": [%s]},".formatted(numbers(MATRIX)) : "";
    StringJoiner steps = new StringJoiner(",");
    for (int i = 0; i < count; i++) {
      String input = "\"inputs\": {\"before\": {\"from\": \"s%d.out\"}},".formatted(i - 1);
      steps.add(
          "\"s%d\": {%s %s \"command\": [\"step\", \"%d\"], \"outputs\": {\"out\": \"out\"}}"
              .formatted(i, matrix, i == 0 ? "" : input, i));
    }
    return steps.toString();
  }

  private static String numbers(int count) {
    StringJoiner numbers = new StringJoiner(",");
    for (int i = 0; i < count; i++) {
      numbers.add(Integer.toString(i));
    }
    return numbers.toString();
  }

  /** Bytes to JSON. */
  @Benchmark
  public JsonObject read() {
    return (JsonObject) JsonReader.read(document);
  }

  /** JSON to a pipeline. */
  @Benchmark
  public Pipeline parse() {
    if (PipelineParser.parse(json) instanceof PipelineParser.Parsed(var parsed)) {
      return parsed;
    }
    throw new IllegalStateException("the benchmark's own document is refused");
  }

  /** A pipeline to a plan. */
  @Benchmark
  public Plan plan() {
    PlanRequest request =
        new PlanRequest(
            pipeline,
            Map.of(),
            Map.of(),
            Map.of("local", ExecutorOffer.of(ImageUse.NONE)),
            PathProbe.ANY);
    return switch (Planner.plan(request)) {
      case Planned.Ok(var plan) -> plan;
      case Planned other -> throw new IllegalStateException(other.toString());
    };
  }
}

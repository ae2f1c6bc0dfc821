package dev.millrace.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.json.JsonArray;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonPointer;
import dev.millrace.json.JsonValue;
import dev.millrace.pipeline.Expansion;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.Problem;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Plans random graphs; a failure names the seed. */
final class PlanPropertiesTest {

  static LongStream seeds() {
    return LongStream.rangeClosed(1, 100);
  }

  /** Random steps in random order; {@code broken} adds references that lead nowhere or back. */
  private static String document(Random random, boolean broken) {
    int n = random.nextInt(1, 40);
    List<String> steps = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      StringBuilder step = new StringBuilder("'s" + i + "': {'command': ['x'], 'outputs':");
      step.append(" {'o': 'o'}");
      String fan = random.nextInt(4) == 0 && i > 0 ? "{'step': 's" + random.nextInt(i) + "'}" : "";
      if (!fan.isEmpty()) {
        step.append(", 'forEach': ").append(fan);
      } else if (random.nextInt(3) == 0) {
        step.append(", 'matrix': {'a': [1, 2, 3], 'b': [1, 2]}");
      }
      List<String> inputs = new ArrayList<>();
      for (int k = random.nextInt(4); k > 0 && i > 0; k--) {
        int from = broken && random.nextInt(8) == 0 ? random.nextInt(2 * n) : random.nextInt(i);
        inputs.add("'i" + k + "': {'from': 's" + from + ".o'}");
      }
      step.append(", 'inputs': {").append(String.join(", ", inputs)).append('}');
      if (i > 0 && random.nextBoolean()) {
        step.append(", 'needs': ['s").append(random.nextInt(i)).append("']");
      }
      steps.add(step.append('}').toString());
    }
    Collections.shuffle(steps, random);
    return Documents.steps(String.join(",\n", steps));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void ordersStepsAndMirrorsEdges(long seed) {
    Plan plan = Documents.accepted(document(new Random(seed), false));
    for (PlannedStep step : plan.steps()) {
      assertEquals(step, plan.step(plan.indexOf(step.id())), () -> "seed " + seed);
      Set<Integer> seen = new HashSet<>();
      for (Edge edge : step.upstream()) {
        assertTrue(edge.step() < step.index() && seen.add(edge.step()), () -> "seed " + seed);
        assertTrue(
            plan.step(edge.step()).downstream().contains(new Edge(step.index(), edge.oneToOne())),
            () -> "seed " + seed);
        if (edge.oneToOne()) {
          assertEquals(plan.tasks(step.index()), plan.tasks(edge.step()), () -> "seed " + seed);
        }
      }
      for (PlannedInput input : step.inputs()) {
        checkInput(plan, step, input, seed);
      }
    }
    int edges = plan.steps().stream().mapToInt(s -> s.upstream().size()).sum();
    assertEquals(edges, plan.steps().stream().mapToInt(s -> s.downstream().size()).sum());
  }

  private static void checkInput(Plan plan, PlannedStep step, PlannedInput input, long seed) {
    switch (input.source()) {
      case PlannedInput.OneTask(int from, _, boolean oneToOne) -> {
        assertTrue(step.upstream().contains(new Edge(from, oneToOne)), () -> "seed " + seed);
        assertTrue(oneToOne || plan.step(from).fan() instanceof Fan.One, () -> "seed " + seed);
      }
      case PlannedInput.AllTasks(int from, _) -> {
        assertTrue(step.upstream().contains(new Edge(from, false)), () -> "seed " + seed);
        assertNotEquals(new Fan.One(), plan.step(from).fan(), () -> "seed " + seed);
      }
      case PlannedInput.UserPath _, PlannedInput.Text _, PlannedInput.Stored _ -> {}
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void pointsToAPlaceForEachProblem(long seed) {
    String text = document(new Random(seed), true);
    Pipeline pipeline = Documents.parse(text);
    Planned planned =
        Planner.plan(
            new PlanRequest(pipeline, Map.of(), Map.of(), Documents.EXECUTORS, PathProbe.ANY));
    if (planned instanceof Planned.Refused(List<Problem> problems)) {
      for (Problem problem : problems) {
        assertTrue(exists(pipeline.source(), problem.pointer()), () -> seed + ": " + problem);
        assertTrue(
            Set.of("unknown-step", "cycle").contains(problem.code()), () -> seed + ": " + problem);
      }
    }
  }

  private static boolean exists(JsonValue document, String pointer) {
    JsonValue place = document;
    for (String token : JsonPointer.tokens(pointer)) {
      place =
          switch (place) {
            case JsonObject object -> object.get(token);
            case JsonArray(var elements) -> elements.get(Integer.parseInt(token));
            case null, default -> null;
          };
    }
    return place != null;
  }

  @Test
  void aMillionTasksCostNoMemory() {
    String values = IntStream.range(0, 1000).boxed().toList().toString();
    Plan plan =
        Documents.accepted(
            Documents.steps(
                "'x': {'command': ['x'], 'matrix': {'a': " + values + ", 'b': " + values + "}}"));
    Fan.Fixed fan = assertInstanceOf(Combinations.class, plan.step(0).fan());
    assertEquals("[a=999,b=999]", fan.instance(999_999).suffix());
    long before = used();
    List<Fan.Fixed> many = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      many.add(Combinations.of((Expansion.Matrix) plan.step(0).step().expansion()));
    }
    long each = (used() - before) / many.size();
    assertTrue(each < 20_000, () -> each + " bytes for a million tasks");
    assertEquals(1_000_000, many.getLast().size());
  }

  private static long used() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  /** Each step takes the outputs of the two before it, and runs under a condition. */
  private static String chain(int steps) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < steps; i++) {
      text.append(i == 0 ? "" : ",\n").append("'s").append(i).append("': {'command': ['x',");
      text.append(" '${{ inputs.a }}', '${{ outputs.o }}'], 'outputs': {'o': {'path': 'o',");
      text.append(" 'kind': 'json'}}, 'inputs': {'a': ");
      text.append(i == 0 ? "{'text': 'x'}" : "{'from': 's" + (i - 1) + ".o'}");
      text.append(i < 2 ? "" : ", 'b': {'from': 's" + (i - 2) + ".o'}");
      text.append("}, 'when': '").append(i == 0 ? "true" : "steps.s" + (i - 1) + ".outputs.o.ok");
      text.append("'}");
    }
    return Documents.steps(text.toString());
  }

  @Test
  void planningIsLinear() {
    long small = fastest(Documents.parse(chain(2_000)));
    long large = fastest(Documents.parse(chain(16_000)));
    assertTrue(
        large < 32 * small, () -> "2,000 steps: " + small + " µs, 16,000 steps: " + large + " µs");
  }

  @Test
  void tenThousandStepsTakeNoTime() {
    long fastest = fastest(Documents.parse(chain(10_000)));
    assertTrue(fastest < 250_000, () -> fastest + " µs");
  }

  /** The thread's own time, because machines that test are busy; the best of some. */
  private static long fastest(Pipeline pipeline) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long fastest = Long.MAX_VALUE;
    for (int i = 0; i < 10; i++) {
      long start = threads.getCurrentThreadCpuTime();
      Documents.accepted(pipeline);
      fastest = Math.min(fastest, (threads.getCurrentThreadCpuTime() - start) / 1000);
    }
    return fastest;
  }
}

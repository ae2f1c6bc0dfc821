package dev.millrace.plan;

import dev.millrace.json.JsonPointer;
import dev.millrace.pipeline.Expansion;
import dev.millrace.pipeline.InputSpec;
import dev.millrace.pipeline.Nearest;
import dev.millrace.pipeline.OutputSpec;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.PipelineOutput;
import dev.millrace.pipeline.Problems;
import dev.millrace.pipeline.Step;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Which step depends on which. Steps are numbered in a topological order: always the first of the
 * document among those whose dependencies are all numbered. Members of circles come last.
 */
final class StepGraph {

  private final Problems problems;
  private final Step[] steps;
  private final Map<String, Integer> indexes;
  private int[][] above;
  private boolean circular;

  /** The steps that a search has still to look at, and the last search that saw each. */
  private final int[] stack;

  private final int[] seen;
  private int search;

  private StepGraph(Pipeline pipeline, Problems problems) {
    this.problems = problems;
    this.steps = pipeline.steps().values().toArray(Step[]::new);
    this.indexes = HashMap.newHashMap(steps.length);
    this.above = new int[steps.length][];
    this.stack = new int[steps.length];
    this.seen = new int[steps.length];
  }

  /** Reports references to what does not exist, and circles. */
  static StepGraph of(Pipeline pipeline, Problems problems) {
    StepGraph graph = new StepGraph(pipeline, problems);
    graph.number();
    for (int i = 0; i < graph.steps.length; i++) {
      graph.above[i] = graph.dependencies(i);
    }
    graph.sort();
    for (PipelineOutput output : pipeline.outputs().values()) {
      graph.output(
          output.step(), output.output(), () -> JsonPointer.of("outputs", output.name(), "from"));
    }
    return graph;
  }

  int size() {
    return steps.length;
  }

  Step step(int index) {
    return steps[index];
  }

  /** Returns the number of the step of that id, or -1. */
  int indexOf(String id) {
    return indexes.getOrDefault(id, -1);
  }

  /** Returns the numbers of the steps that a step depends on, each once. */
  int[] above(int index) {
    return above[index];
  }

  /**
   * Returns whether a step depends on another, at one remove or several. Costs the steps between
   * the two, where there are no circles: what comes before the ancestor is not looked at.
   */
  boolean isAbove(int ancestor, int index) {
    if (Arrays.binarySearch(above[index], ancestor) >= 0) {
      return true;
    }
    search++;
    int top = 0;
    stack[top++] = index;
    while (top > 0) {
      for (int next : above[stack[--top]]) {
        if (next == ancestor) {
          return true;
        }
        if (seen[next] != search && (next > ancestor || circular)) {
          seen[next] = search;
          stack[top++] = next;
        }
      }
    }
    return false;
  }

  private void number() {
    indexes.clear();
    for (int i = 0; i < steps.length; i++) {
      indexes.put(steps[i].id(), i);
    }
  }

  private int[] dependencies(int index) {
    Step step = steps[index];
    int[] found = new int[step.inputs().size() + step.needs().size() + 1];
    int count = 0;
    for (InputSpec input : step.inputs().values()) {
      if (input.source() instanceof InputSpec.FromStep(String from, String output)) {
        output(from, output, () -> Place.of(step, "inputs", input.name(), "from"));
        count = add(found, count, indexOf(from));
      }
    }
    List<String> needs = step.needs();
    for (int i = 0; i < needs.size(); i++) {
      int place = i;
      known(needs.get(i), () -> Place.of(step, "needs", Integer.toString(place)));
      count = add(found, count, indexOf(needs.get(i)));
    }
    switch (step.expansion()) {
      case Expansion.ForEachOutput(String from, String output) -> {
        json(from, output, () -> Place.of(step, "forEach", "from"));
        count = add(found, count, indexOf(from));
      }
      case Expansion.ForEachStep(String of) when of.equals(step.id()) ->
          problems.add(
              "cycle",
              Place.of(step, "forEach", "step"),
              "a step cannot have one task for each task of itself; name another step");
      case Expansion.ForEachStep(String of) -> {
        known(of, () -> Place.of(step, "forEach", "step"));
        count = add(found, count, indexOf(of));
      }
      case Expansion.Single _, Expansion.Matrix _, Expansion.ForEachValues _ -> {}
    }
    return distinct(found, count);
  }

  private static int add(int[] found, int count, int step) {
    if (step >= 0) {
      found[count] = step;
      return count + 1;
    }
    return count;
  }

  private static int[] distinct(int[] found, int count) {
    Arrays.sort(found, 0, count);
    int kept = 0;
    for (int i = 0; i < count; i++) {
      if (i == 0 || found[i] != found[i - 1]) {
        found[kept++] = found[i];
      }
    }
    return Arrays.copyOf(found, kept);
  }

  private boolean known(String id, Supplier<String> place) {
    if (indexes.containsKey(id)) {
      return true;
    }
    String hint = Nearest.hint(id, indexes.keySet());
    problems.add("unknown-step", place.get(), "there is no step \"" + id + "\"" + hint);
    return false;
  }

  private @Nullable OutputSpec output(String id, String output, Supplier<String> place) {
    if (!known(id, place)) {
      return null;
    }
    Map<String, OutputSpec> outputs = steps[indexOf(id)].outputs();
    OutputSpec spec = outputs.get(output);
    if (spec == null) {
      String message = "the step \"" + id + "\" has no output \"" + output + "\"";
      problems.add("unknown-output", place.get(), message + Nearest.hint(output, outputs.keySet()));
    }
    return spec;
  }

  private void json(String id, String output, Supplier<String> place) {
    OutputSpec spec = output(id, output, place);
    if (spec != null && spec.kind() != OutputSpec.Kind.JSON) {
      problems.add(
          "not-json",
          place.get(),
          "forEach needs a JSON array, but "
              + id
              + "."
              + output
              + " is of kind \""
              + spec.kind().label()
              + "\"; give that output \"kind\": \"json\"");
    }
  }

  private void sort() {
    int n = steps.length;
    int[] waiting = new int[n];
    int[][] below = below();
    PriorityQueue<Integer> free = new PriorityQueue<>();
    for (int i = 0; i < n; i++) {
      waiting[i] = above[i].length;
      if (waiting[i] == 0) {
        free.add(i);
      }
    }
    int[] order = new int[n];
    int count = 0;
    while (!free.isEmpty()) {
      int step = free.remove();
      order[count++] = step;
      for (int next : below[step]) {
        if (--waiting[next] == 0) {
          free.add(next);
        }
      }
    }
    circular = count < n;
    if (circular) {
      for (List<Integer> circle : new Circles(above, waiting).find()) {
        reportCircle(circle);
      }
      for (int i = 0; i < n; i++) {
        if (waiting[i] > 0) {
          order[count++] = i;
        }
      }
    }
    renumber(order);
  }

  private int[][] below() {
    int[] sizes = new int[steps.length];
    for (int[] some : above) {
      for (int step : some) {
        sizes[step]++;
      }
    }
    int[][] below = new int[steps.length][];
    Arrays.setAll(below, i -> new int[sizes[i]]);
    for (int i = steps.length - 1; i >= 0; i--) {
      for (int step : above[i]) {
        below[step][--sizes[step]] = i;
      }
    }
    return below;
  }

  private void renumber(int[] order) {
    Step[] written = steps.clone();
    int[] index = new int[order.length];
    int[][] old = above;
    above = new int[order.length][];
    for (int i = 0; i < order.length; i++) {
      index[order[i]] = i;
      steps[i] = written[order[i]];
    }
    for (int i = 0; i < order.length; i++) {
      above[i] = Arrays.stream(old[order[i]]).map(step -> index[step]).sorted().toArray();
    }
    number();
  }

  private void reportCircle(List<Integer> circle) {
    StringBuilder path = new StringBuilder();
    for (int member : circle) {
      path.append(steps[member].id()).append(" -> ");
    }
    Step first = steps[circle.getFirst()];
    problems.add(
        "cycle",
        Place.of(first),
        "the steps depend on each other in a circle: "
            + path.append(first.id())
            + "; remove one of these dependencies");
  }
}

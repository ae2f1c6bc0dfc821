package dev.millrace.plan;

import dev.millrace.expression.ValueType;
import dev.millrace.json.JsonPointer;
import dev.millrace.json.JsonValue;
import dev.millrace.pipeline.Expansion;
import dev.millrace.pipeline.Problems;
import dev.millrace.pipeline.Step;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The fan-outs of all steps.
 *
 * <p>Two steps are joined one to one where one of them is {@code forEach} over a step, and both
 * have their tasks from the same root: with {@code train} a matrix, {@code evaluate} for each task
 * of {@code train} and {@code plot} for each task of {@code evaluate}, task i of {@code plot} takes
 * the outputs of task i of {@code evaluate} and of task i of {@code train}. Between all other
 * steps, and from these to any other, there is a barrier.
 */
final class Fans {

  private static final Fan ONE = new Fan.One();

  private final StepGraph graph;
  private final Problems problems;
  private final Fan[] fans;

  private Fans(StepGraph graph, Problems problems) {
    this.graph = graph;
    this.problems = problems;
    this.fans = new Fan[graph.size()];
  }

  /** Reports fan-outs that cannot be, or are too large. */
  static Fans of(StepGraph graph, Problems problems) {
    Fans fans = new Fans(graph, problems);
    Arrays.fill(fans.fans, ONE);
    for (int i = 0; i < graph.size(); i++) {
      fans.fans[i] = fans.fan(graph.step(i));
    }
    fans.checkTotal();
    return fans;
  }

  Fan fan(int step) {
    return fans[step];
  }

  /** Returns the step in which a step's fan-out begins: mostly itself. */
  int root(int step) {
    return fans[step] instanceof Fan.LikeStep(_, int root) ? root : step;
  }

  /** Returns whether task i of a step goes with task i of a step before it. */
  boolean oneToOne(int upstream, int step) {
    return fans[step] instanceof Fan.LikeStep(_, int root) && root(upstream) == root;
  }

  /** Returns whether a step has one task, which has its own name. */
  boolean isSingle(int step) {
    return fans[step] instanceof Fan.One;
  }

  private Fan fan(Step step) {
    return switch (step.expansion()) {
      case Expansion.Single _ -> ONE;
      case Expansion.Matrix matrix -> combinations(step, matrix);
      case Expansion.ForEachValues(List<JsonValue> values) -> values(step, values);
      case Expansion.ForEachOutput(String from, String output) -> atRunTime(step, from, output);
      case Expansion.ForEachStep(String of) -> like(step, of);
    };
  }

  private Fan combinations(Step step, Expansion.Matrix matrix) {
    if (Combinations.product(matrix) > Plan.MAX_TASKS) {
      tooMany(Place.of(step, "matrix"), "this matrix has more than " + Plan.MAX_TASKS + " tasks");
      return ONE;
    }
    Combinations combinations = Combinations.of(matrix);
    if (combinations.size() == 0) {
      problems.add(
          "no-tasks",
          Place.of(step, "matrix"),
          "\"exclude\" leaves no combination of this matrix; exclude less");
    }
    combinations
        .duplicates()
        .forEach(
            (include, suffix) ->
                problems.add(
                    "duplicate-task",
                    Place.of(step, "matrix", "include", Integer.toString(include)),
                    "there is a task " + step.id() + suffix + " already; remove it, or change it"));
    return combinations;
  }

  private Fan values(Step step, List<JsonValue> values) {
    if (values.size() > Plan.MAX_TASKS) {
      tooMany(
          Place.of(step, "forEach", "values"),
          "these are " + values.size() + " values; a run has at most " + Plan.MAX_TASKS + " tasks");
      return ONE;
    }
    return Values.of(values);
  }

  private Fan atRunTime(Step step, String from, String output) {
    int index = graph.indexOf(from);
    if (index < 0) {
      return ONE;
    }
    if (!isSingle(index)) {
      problems.add(
          "many-tasks",
          Place.of(step, "forEach", "from"),
          "\""
              + from
              + "\" has many tasks, so that "
              + from
              + "."
              + output
              + " is not one list; write {\"step\": \""
              + from
              + "\"}, or join them in a step between");
      return ONE;
    }
    return new Fan.AtRunTime(index, output);
  }

  private Fan like(Step step, String of) {
    int index = graph.indexOf(of);
    if (index < 0 || of.equals(step.id()) || isSingle(index)) {
      return ONE;
    }
    return new Fan.LikeStep(index, root(index));
  }

  private void checkTotal() {
    long total = 0;
    for (int i = 0; i < fans.length; i++) {
      total += fans[root(i)] instanceof Fan.Fixed fixed ? fixed.size() : 0;
    }
    if (total > Plan.MAX_TASKS) {
      tooMany(
          JsonPointer.of("steps"),
          "the steps have " + total + " tasks together; a run has at most " + Plan.MAX_TASKS);
    }
  }

  private void tooMany(String pointer, String message) {
    problems.add("too-many-tasks", pointer, message + "; split the pipeline");
  }

  /** Adds what is known of {@code matrix} and {@code item} in a step. */
  void describe(int step, Map<String, ValueType> types) {
    int root = root(step);
    switch (fans[root]) {
      case Combinations _ when graph.step(root).expansion() instanceof Expansion.Matrix matrix ->
          types.put("matrix", FanTypes.matrix(matrix));
      case Values _
          when graph.step(root).expansion() instanceof Expansion.ForEachValues(var values) ->
          types.put("item", FanTypes.item(values));
      case Fan.AtRunTime _ -> types.put("item", ValueType.Simple.ANY);
      case Combinations _, Values _, Fan.One _, Fan.LikeStep _ -> {}
    }
  }
}

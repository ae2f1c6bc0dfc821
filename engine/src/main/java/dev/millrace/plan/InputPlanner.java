package dev.millrace.plan;

import dev.millrace.expression.Template;
import dev.millrace.json.CanonicalJson;
import dev.millrace.json.JsonValue;
import dev.millrace.pipeline.InputSpec;
import dev.millrace.pipeline.Nearest;
import dev.millrace.pipeline.Param;
import dev.millrace.pipeline.Problems;
import dev.millrace.pipeline.Step;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Plans the inputs of steps. */
final class InputPlanner {

  private final PlanRequest request;
  private final StepGraph graph;
  private final Fans fans;
  private final Map<String, JsonValue> params;
  private final Problems problems;

  /** Steps share most of their files. */
  private final Map<String, Boolean> probed = new HashMap<>();

  InputPlanner(StepPlanner.Workbench bench) {
    this.request = bench.request();
    this.graph = bench.graph();
    this.fans = bench.fans();
    this.params = bench.params();
    this.problems = bench.problems();
  }

  List<PlannedInput> plan(StepPlanner planner, int index) {
    Step step = graph.step(index);
    List<PlannedInput> planned = new ArrayList<>(step.inputs().size());
    for (InputSpec input : step.inputs().values()) {
      PlannedInput.Source source = source(planner, index, input);
      if (source != null) {
        planned.add(new PlannedInput(input.name(), input.as(), source));
      }
    }
    return planned;
  }

  private PlannedInput.@Nullable Source source(StepPlanner planner, int index, InputSpec input) {
    return switch (input.source()) {
      case InputSpec.FromStep(String from, String output) -> fromStep(index, from, output);
      case InputSpec.FromPath(String path) -> {
        if (!probed.computeIfAbsent(path, request.paths()::exists)) {
          problems.add(
              "missing-file",
              Place.of(graph.step(index), "inputs", input.name(), "path"),
              "there is no file or directory \"" + path + "\" beside the document");
        }
        yield new PlannedInput.UserPath(path);
      }
      case InputSpec.FromParam(String param) -> fromParam(graph.step(index), input, param);
      case InputSpec.Text(String text) ->
          new PlannedInput.Text(planner.template(text, "inputs", input.name(), "text"));
      case InputSpec.Json(JsonValue value) ->
          new PlannedInput.Text(Template.literal(CanonicalJson.text(value)));
      case InputSpec.FromDigest(var artifact) -> new PlannedInput.Stored(artifact);
    };
  }

  private PlannedInput.@Nullable Source fromStep(int index, String from, String output) {
    int step = graph.indexOf(from);
    if (step < 0) {
      return null;
    }
    boolean oneToOne = fans.oneToOne(step, index);
    return oneToOne || fans.isSingle(step)
        ? new PlannedInput.OneTask(step, output, oneToOne)
        : new PlannedInput.AllTasks(step, output);
  }

  private PlannedInput.@Nullable Source fromParam(Step step, InputSpec input, String name) {
    Param param = request.pipeline().params().get(name);
    if (param == null) {
      problems.add(
          "unknown-param",
          Place.of(step, "inputs", input.name(), "param"),
          "there is no parameter \""
              + name
              + "\""
              + Nearest.hint(name, request.pipeline().params().keySet()));
      return null;
    }
    JsonValue value = params.get(name);
    return value == null ? null : ParamValues.input(param, value);
  }
}

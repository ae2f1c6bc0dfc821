package dev.millrace.plan;

import dev.millrace.pipeline.Nearest;
import dev.millrace.pipeline.OutputSpec;
import dev.millrace.pipeline.Param;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.Problems;
import dev.millrace.pipeline.Step;
import dev.millrace.plan.StepRead.What;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks what the expressions of one step read of other steps and of parameters. */
final class StepReferences {

  private static final List<String> FIELDS = List.of("status", "outputs", "metrics");

  private final Pipeline pipeline;
  private final StepGraph graph;
  private final Fans fans;
  private final Problems problems;
  private final int step;
  private final Set<StepRead> reads = new LinkedHashSet<>();

  StepReferences(Pipeline pipeline, StepGraph graph, Fans fans, Problems problems, int step) {
    this.pipeline = pipeline;
    this.graph = graph;
    this.fans = fans;
    this.problems = problems;
    this.step = step;
  }

  /** Returns what was found to be read. */
  List<StepRead> reads() {
    return List.copyOf(reads);
  }

  /**
   * Checks the paths of one expression or template.
   *
   * @param pointer to the expression
   */
  void check(List<List<String>> paths, String pointer) {
    for (List<String> path : paths) {
      switch (path.getFirst()) {
        case "params" -> param(path, pointer);
        case "steps" -> {
          StepRead read = step(path, pointer);
          if (read != null) {
            reads.add(read);
          }
        }
        default -> {}
      }
    }
  }

  private void param(List<String> path, String pointer) {
    Param param = path.size() > 1 ? pipeline.params().get(path.get(1)) : null;
    if (param != null && param.type() == Param.Type.FILE) {
      problems.add(
          "expression",
          pointer,
          "the parameter \""
              + param.name()
              + "\" is a file; take it as an input, {\"param\": \""
              + param.name()
              + "\"}, and write inputs.<name>");
    }
  }

  private @Nullable StepRead step(List<String> path, String pointer) {
    if (path.size() < 2) {
      return refuse("expression", pointer, "write which step, as in steps.<id>.status");
    }
    String id = path.get(1);
    int index = graph.indexOf(id);
    if (index < 0) {
      String hint = Nearest.hint(id, pipeline.steps().keySet());
      return refuse("unknown-step", pointer, "there is no step \"" + id + "\"" + hint);
    }
    if (!graph.isAbove(index, step)) {
      return refuse(
          "not-upstream",
          pointer,
          "the step \""
              + id
              + "\" is not upstream of this one; take one of its outputs as an input, or write"
              + " \"needs\": [\""
              + id
              + "\"]");
    }
    return path.size() < 3
        ? refuse(
            "expression", pointer, "write which of steps." + id + ": status, outputs or metrics")
        : field(path, index, pointer);
  }

  private @Nullable StepRead field(List<String> path, int index, String pointer) {
    Step other = graph.step(index);
    boolean oneToOne = fans.oneToOne(index, step);
    String field = path.get(2);
    if (field.equals("status")) {
      return new StepRead(index, other.id(), What.STATUS, "", oneToOne);
    }
    if (!FIELDS.contains(field)) {
      String message = "a step has no \"" + field + "\"" + Nearest.hint(field, FIELDS);
      return refuse("expression", pointer, message + "; write status, outputs or metrics");
    }
    if (!oneToOne && !fans.isSingle(index)) {
      return refuse(
          "many-tasks",
          pointer,
          "the step \""
              + other.id()
              + "\" has many tasks, each with its own "
              + field
              + "; join them in a step between, or use \"forEach\": {\"step\": \""
              + other.id()
              + "\"}");
    }
    return field.equals("outputs")
        ? output(path, other, index, oneToOne, pointer)
        : metric(path, other, index, oneToOne, pointer);
  }

  private @Nullable StepRead output(
      List<String> path, Step other, int index, boolean oneToOne, String pointer) {
    if (path.size() < 4) {
      return refuse(
          "expression",
          pointer,
          "write which output, as in steps." + other.id() + ".outputs.<name>");
    }
    String name = path.get(3);
    OutputSpec output = other.outputs().get(name);
    if (output == null) {
      String hint = Nearest.hint(name, other.outputs().keySet());
      return refuse(
          "unknown-output",
          pointer,
          "the step \"" + other.id() + "\" has no output \"" + name + "\"" + hint);
    }
    if (output.kind() != OutputSpec.Kind.JSON) {
      return refuse(
          "not-json",
          pointer,
          "expressions read outputs of kind \"json\" only, but "
              + other.id()
              + "."
              + name
              + " is of kind \""
              + output.kind().label()
              + "\"");
    }
    return new StepRead(index, other.id(), What.OUTPUT, name, oneToOne);
  }

  private @Nullable StepRead metric(
      List<String> path, Step other, int index, boolean oneToOne, String pointer) {
    for (OutputSpec output : other.outputs().values()) {
      if (output.kind() == OutputSpec.Kind.METRICS) {
        String name = String.join(".", path.subList(3, path.size()));
        return new StepRead(index, other.id(), What.METRIC, name, oneToOne);
      }
    }
    return refuse(
        "no-metrics",
        pointer,
        "the step \"" + other.id() + "\" has no output of kind \"metrics\"; give it one");
  }

  private @Nullable StepRead refuse(String code, String pointer, String message) {
    problems.add(code, pointer, message);
    return null;
  }
}

package dev.millrace.plan;

import dev.millrace.expression.Expression;
import dev.millrace.expression.ExpressionException;
import dev.millrace.expression.Expressions;
import dev.millrace.expression.Template;
import dev.millrace.expression.TypeScope;
import dev.millrace.expression.ValueType;
import dev.millrace.expression.ValueType.Members;
import dev.millrace.expression.ValueType.Simple;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonString;
import dev.millrace.json.JsonValue;
import dev.millrace.pipeline.Command;
import dev.millrace.pipeline.InputSpec;
import dev.millrace.pipeline.OutputSpec;
import dev.millrace.pipeline.Problems;
import dev.millrace.pipeline.Quantity;
import dev.millrace.pipeline.ResourceSpec;
import dev.millrace.pipeline.Step;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/** Checks the texts and inputs of one step, and plans them. */
final class StepPlanner {

  private static final Map<String, String> ABSENT =
      Map.of(
          "matrix",
          "matrix is known only in a step with \"matrix\", or with \"forEach\" over such a step",
          "item",
          "item is known only in a step with \"forEach\"",
          "attempt",
          "attempt is known only in \"resources\": what a step runs must be the same each time");

  private final Workbench bench;
  private final Problems problems;
  private final int index;
  private final Step step;
  private final StepReferences references;
  private final JsonObject inputPaths;
  private final JsonObject outputPaths;
  private @Nullable TypeScope types;

  /**
   * What all steps of a plan are planned with.
   *
   * @param params values of the parameters
   * @param paramTypes their types
   */
  record Workbench(
      PlanRequest request,
      StepGraph graph,
      Fans fans,
      Map<String, JsonValue> params,
      ValueType paramTypes,
      Expressions expressions,
      Problems problems) {}

  StepPlanner(Workbench bench, int index) {
    this.bench = bench;
    this.problems = bench.problems;
    this.index = index;
    this.step = bench.graph.step(index);
    this.references =
        new StepReferences(
            bench.request.pipeline(), bench.graph, bench.fans, bench.problems, index);
    SequencedMap<String, JsonValue> in = LinkedHashMap.newLinkedHashMap(step.inputs().size());
    for (InputSpec input : step.inputs().values()) {
      in.put(input.name(), new JsonString(input.as()));
    }
    SequencedMap<String, JsonValue> out = LinkedHashMap.newLinkedHashMap(step.outputs().size());
    for (OutputSpec output : step.outputs().values()) {
      out.put(output.name(), new JsonString(output.path()));
    }
    this.inputPaths = new JsonObject(in);
    this.outputPaths = new JsonObject(out);
  }

  PlannedStep plan(List<Edge> upstream, List<Edge> downstream, InputPlanner inputs) {
    List<PlannedInput> plannedInputs = inputs.plan(this, index);
    PlannedCommand command = command();
    SequencedMap<String, Template> env = LinkedHashMap.newLinkedHashMap(step.env().size());
    step.env().forEach((name, text) -> env.put(name, template(text, "env", name)));
    Template image = step.image() == null ? null : template(step.image(), "image");
    Expression when = step.when() == null ? null : condition(step.when());
    SequencedMap<String, PlannedAmount> resources = resources();
    return new PlannedStep(
        index,
        step,
        bench.fans.fan(index),
        upstream,
        downstream,
        plannedInputs,
        command,
        env,
        image,
        when,
        resources,
        references.reads(),
        inputPaths,
        outputPaths);
  }

  private PlannedCommand command() {
    return switch (step.command()) {
      case Command.Argv(List<String> arguments) -> {
        List<Template> templates = new ArrayList<>(arguments.size());
        for (int i = 0; i < arguments.size(); i++) {
          templates.add(template(arguments.get(i), "command", Integer.toString(i)));
        }
        yield new PlannedCommand.Argv(templates);
      }
      case Command.Script(String text) -> new PlannedCommand.Script(template(text, "script"));
    };
  }

  private SequencedMap<String, PlannedAmount> resources() {
    SequencedMap<String, PlannedAmount> amounts = new LinkedHashMap<>();
    step.resources()
        .amounts()
        .forEach(
            (name, amount) -> {
              switch (amount) {
                case ResourceSpec.Fixed(double value) ->
                    amounts.put(name, new PlannedAmount.Fixed(value));
                case ResourceSpec.Computed(String text) -> amounts.put(name, computed(name, text));
              }
            });
    return amounts;
  }

  private PlannedAmount computed(String name, String text) {
    Map<String, ValueType> roots = new HashMap<>(types().roots());
    roots.put("attempt", Simple.INTEGER);
    Template template = template(text, new TypeScope(roots, types().absent()), "resources", name);
    if (!template.isConstant()) {
      return new PlannedAmount.Computed(template);
    }
    OptionalDouble amount = Quantity.parse(text);
    if (amount.isEmpty()) {
      problems.add(
          "expression",
          Place.written(bench.request.pipeline(), step, "resources", name),
          "\"" + text + "\" is no amount; write one such as 2 or \"1Gi\"");
    }
    return new PlannedAmount.Fixed(amount.orElse(0));
  }

  private @Nullable Expression condition(String text) {
    try {
      Expression expression = bench.expressions.condition(text, types());
      references.check(expression.references(), Place.of(step, "when"));
      return expression;
    } catch (ExpressionException e) {
      report(e, "when");
      return null;
    }
  }

  /** Returns the checked template; problems are reported. */
  Template template(String text, String... place) {
    return text.contains("${{") ? template(text, types(), place) : Template.literal(text);
  }

  private Template template(String text, TypeScope scope, String... place) {
    try {
      Template template = bench.expressions.template(text, scope);
      List<List<String>> paths = template.references();
      if (!paths.isEmpty()) {
        references.check(paths, Place.written(bench.request.pipeline(), step, place));
      }
      return template;
    } catch (ExpressionException e) {
      report(e, place);
      return Template.literal("");
    }
  }

  private void report(ExpressionException e, String... place) {
    String pointer = Place.written(bench.request.pipeline(), step, place);
    e.issues().forEach(issue -> problems.add("expression", pointer, issue));
  }

  private TypeScope types() {
    if (types == null) {
      Map<String, ValueType> roots = new HashMap<>();
      roots.put("params", bench.paramTypes);
      roots.put("inputs", strings(inputPaths));
      roots.put("outputs", strings(outputPaths));
      roots.put("steps", Simple.ANY);
      bench.fans.describe(index, roots);
      types = new TypeScope(roots, ABSENT);
    }
    return types;
  }

  private static ValueType strings(JsonObject paths) {
    Map<String, ValueType> members = HashMap.newHashMap(paths.members().size());
    paths.members().keySet().forEach(name -> members.put(name, Simple.STRING));
    return new Members(members);
  }
}

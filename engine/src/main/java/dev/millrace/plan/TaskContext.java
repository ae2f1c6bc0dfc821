package dev.millrace.plan;

import dev.millrace.expression.ExpressionException;
import dev.millrace.expression.Scope;
import dev.millrace.expression.Template;
import dev.millrace.json.JsonBoolean;
import dev.millrace.json.JsonNumber;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonValue;
import dev.millrace.pipeline.Command;
import dev.millrace.pipeline.Quantity;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/** One task, and what its expressions can see. */
public final class TaskContext {

  private final Plan plan;
  private final PlannedStep step;
  private final Instance instance;
  private final JsonObject steps;

  /**
   * A task.
   *
   * @param instance what makes it different from the other tasks of its step
   * @param steps the values of all {@link PlannedStep#reads} that there are, as expressions see
   *     them: <code>{"train": {"status": …, "outputs": {…}, "metrics": {…}}}</code>
   */
  public TaskContext(Plan plan, PlannedStep step, Instance instance, JsonObject steps) {
    this.plan = plan;
    this.step = step;
    this.instance = instance;
    this.steps = steps;
  }

  /** Returns whether the task is to run; true where the step asks nothing. */
  public Evaluated<Boolean> when() {
    if (step.when() == null) {
      return new Evaluated.Value<>(true);
    }
    try {
      return step.when().evaluate(this::root) instanceof JsonBoolean(boolean value)
          ? new Evaluated.Value<>(value)
          : new Evaluated.Failed<>("\"when\" gives no boolean: " + step.when().text());
    } catch (ExpressionException e) {
      return new Evaluated.Failed<>("\"when\" has no value: " + e.getMessage());
    }
  }

  /** Returns the task with all values in its texts. */
  public Evaluated<ExpandedTask> expand() {
    List<String> issues = new ArrayList<>(0);
    Command command =
        switch (step.command()) {
          case PlannedCommand.Argv(var arguments) -> {
            List<String> texts = new ArrayList<>(arguments.size());
            for (Template argument : arguments) {
              texts.add(render("\"command\"", argument, issues));
            }
            yield new Command.Argv(texts);
          }
          case PlannedCommand.Script(var text) ->
              new Command.Script(render("\"script\"", text, issues));
        };
    SequencedMap<String, String> env = new LinkedHashMap<>();
    for (Map.Entry<String, Template> variable : step.env().entrySet()) {
      String place = "\"env\" " + variable.getKey();
      env.put(variable.getKey(), render(place, variable.getValue(), issues));
    }
    SequencedMap<String, String> texts = new LinkedHashMap<>();
    for (PlannedInput input : step.inputs()) {
      if (input.source() instanceof PlannedInput.Text(var text)) {
        texts.put(input.name(), render("input " + input.name(), text, issues));
      }
    }
    Template image = step.image();
    String imageText = image == null ? null : render("\"image\"", image, issues);
    return issues.isEmpty()
        ? new Evaluated.Value<>(new ExpandedTask(command, env, imageText, texts))
        : new Evaluated.Failed<>(String.join("; ", issues));
  }

  /**
   * Returns what an attempt uses, by resource.
   *
   * @param attempt its number, from 1
   */
  public Evaluated<Map<String, Double>> resources(int attempt) {
    JsonNumber number = new JsonNumber(attempt);
    Scope scope = name -> name.equals("attempt") ? number : root(name);
    List<String> issues = new ArrayList<>(0);
    Map<String, Double> amounts = LinkedHashMap.newLinkedHashMap(step.resources().size());
    step.resources()
        .forEach((name, amount) -> amounts.put(name, amount(name, amount, scope, issues)));
    return issues.isEmpty()
        ? new Evaluated.Value<>(amounts)
        : new Evaluated.Failed<>(String.join("; ", issues));
  }

  private static double amount(
      String name, PlannedAmount amount, Scope scope, List<String> issues) {
    return switch (amount) {
      case PlannedAmount.Fixed(double value) -> value;
      case PlannedAmount.Computed(Template text) -> {
        String place = "\"resources\" " + name;
        try {
          String rendered = text.render(scope);
          OptionalDouble value = Quantity.parse(rendered);
          if (value.isEmpty()) {
            issues.add(place + " gives \"" + rendered + "\", which is no amount such as 2 or 1Gi");
          }
          yield value.orElse(0);
        } catch (ExpressionException e) {
          issues.add(place + " has no value: " + e.getMessage());
          yield 0;
        }
      }
    };
  }

  private String render(String place, Template template, List<String> issues) {
    try {
      return template.render(this::root);
    } catch (ExpressionException e) {
      issues.add(place + " has no value: " + e.getMessage());
      return "";
    }
  }

  private @Nullable JsonValue root(String name) {
    return switch (name) {
      case "params" -> plan.params();
      case "matrix" -> instance.matrix();
      case "item" -> instance.item();
      case "inputs" -> step.inputPaths();
      case "outputs" -> step.outputPaths();
      case "steps" -> steps;
      default -> null;
    };
  }
}

package dev.millrace.plan;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Draws plans: a node for each step, an edge for each dependency. */
public final class PlanGraph {

  private PlanGraph() {}

  /** Returns the graph as text: a line for each step, with what it takes from which step. */
  public static String text(Plan plan) {
    StringBuilder text = new StringBuilder(plan.pipeline().name()).append(": ");
    text.append(count(plan.steps().size(), "step")).append(", ").append(tasks(plan)).append('\n');
    int width = 0;
    for (PlannedStep step : plan.steps()) {
      width = Math.max(width, title(plan, step).length());
    }
    for (PlannedStep step : plan.steps()) {
      String title = title(plan, step);
      text.append(title);
      if (!step.upstream().isEmpty()) {
        text.append(" ".repeat(Math.min(width, 48) - Math.min(title.length(), 48)));
        text.append("  <- ").append(String.join(", ", upstream(plan, step)));
      }
      text.append('\n');
    }
    return text.toString();
  }

  /** Returns the graph as a Mermaid flowchart. Dotted edges carry no data. */
  public static String mermaid(Plan plan) {
    StringBuilder text = new StringBuilder("flowchart TD\n");
    for (PlannedStep step : plan.steps()) {
      String tasks = fan(plan, step);
      String label = escape(step.id()) + (tasks.isEmpty() ? "" : "<br/>" + escape(tasks));
      text.append("  s").append(step.index()).append("[\"").append(label).append("\"]\n");
    }
    for (PlannedStep step : plan.steps()) {
      Map<Integer, List<String>> outputs = outputs(step);
      for (Edge edge : step.upstream()) {
        List<String> names = outputs.getOrDefault(edge.step(), List.of());
        text.append("  s").append(edge.step());
        text.append(
            names.isEmpty() ? " -.-> " : " -->|\"" + escape(String.join(", ", names)) + "\"| ");
        text.append('s').append(step.index()).append('\n');
      }
    }
    return text.toString();
  }

  private static String title(Plan plan, PlannedStep step) {
    String tasks = fan(plan, step);
    return step.id() + (tasks.isEmpty() ? "" : " (" + tasks + ")");
  }

  private static List<String> upstream(Plan plan, PlannedStep step) {
    Map<Integer, List<String>> outputs = outputs(step);
    List<String> texts = new ArrayList<>();
    for (Edge edge : step.upstream()) {
      String id = plan.step(edge.step()).id();
      List<String> names = outputs.getOrDefault(edge.step(), List.of());
      if (names.isEmpty()) {
        texts.add(id);
      }
      names.forEach(name -> texts.add(id + "." + name));
    }
    return texts;
  }

  /** Returns the outputs that a step takes, by the step that makes them. */
  private static Map<Integer, List<String>> outputs(PlannedStep step) {
    Map<Integer, List<String>> outputs = new LinkedHashMap<>();
    for (PlannedInput input : step.inputs()) {
      switch (input.source()) {
        case PlannedInput.OneTask(int from, String output, _) -> add(outputs, from, output);
        case PlannedInput.AllTasks(int from, String output) -> add(outputs, from, output);
        case PlannedInput.UserPath _, PlannedInput.Text _, PlannedInput.Stored _ -> {}
      }
    }
    if (step.fan() instanceof Fan.AtRunTime(int from, String output)) {
      add(outputs, from, output);
    }
    return outputs;
  }

  private static void add(Map<Integer, List<String>> outputs, int from, String output) {
    List<String> names = outputs.computeIfAbsent(from, _ -> new ArrayList<>(2));
    if (!names.contains(output)) {
      names.add(output);
    }
  }

  private static String fan(Plan plan, PlannedStep step) {
    return switch (step.fan()) {
      case Fan.One _ -> "";
      case Fan.Fixed fixed -> count(fixed.size(), "task");
      case Fan.AtRunTime(int from, String output) ->
          "a task for each of " + plan.step(from).id() + "." + output;
      case Fan.LikeStep(int of, _) -> {
        Fan.Fixed tasks = plan.tasks(step.index());
        String like = "one for each of " + plan.step(of).id();
        yield tasks == null ? like : count(tasks.size(), "task") + ", " + like;
      }
    };
  }

  private static String tasks(Plan plan) {
    int known = plan.knownTasks();
    for (int i = 0; i < plan.steps().size(); i++) {
      if (plan.tasks(i) == null) {
        return count(known, "task") + " and those known only in the run";
      }
    }
    return count(known, "task");
  }

  private static String count(int number, String noun) {
    return number + " " + noun + (number == 1 ? "" : "s");
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("\"", "&quot;")
        .replace("<", "&lt;")
        .replace(">", "&gt;");
  }
}

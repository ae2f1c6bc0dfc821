package dev.millrace.cli;

import dev.millrace.cache.ActionResult;
import dev.millrace.json.CanonicalWriter;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonString;
import dev.millrace.json.JsonText;
import dev.millrace.json.JsonValue;
import dev.millrace.pipeline.Nearest;
import dev.millrace.plan.Instance;
import dev.millrace.runtime.RunHistory;
import dev.millrace.runtime.RunView;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Tasks that have metrics, with what makes them different. */
final class Comparison {
  private final @Nullable String step;
  private final boolean severalRuns;
  private final List<Row> rows = new ArrayList<>();
  private final Set<String> steps = new LinkedHashSet<>();
  private final Set<String> runs = new LinkedHashSet<>();

  /**
   * @param step whose tasks to take, or null for those of all steps
   * @param severalRuns whether the run and its parameters are among what makes rows different
   */
  Comparison(@Nullable String step, boolean severalRuns) {
    this.step = step;
    this.severalRuns = severalRuns;
  }

  /**
   * A task with metrics.
   *
   * @param params of its run, by name
   * @param axes values of its matrix, or the item of its list
   */
  record Row(
      String run,
      String step,
      String task,
      Map<String, String> params,
      Map<String, String> axes,
      SortedMap<String, Double> metrics) {

    String json() {
      CanonicalWriter json = new CanonicalWriter().beginObject();
      texts(json.name("axes"), axes);
      json.name("metrics").beginObject();
      metrics.forEach((name, value) -> json.name(name).value(value.doubleValue()));
      texts(json.endObject().name("params"), params);
      json.name("run").value(run).name("task").value(task);
      return json.endObject().toText();
    }

    private static void texts(CanonicalWriter json, Map<String, String> texts) {
      json.beginObject();
      new TreeMap<>(texts).forEach((name, value) -> json.name(name).value(value));
      json.endObject();
    }
  }

  /** Takes the tasks of a run. */
  void add(RunHistory history) throws Refusal {
    RunView view = history.view();
    if (step != null && view.plan().indexOf(step) < 0) {
      List<String> known = new ArrayList<>();
      view.plan().steps().forEach(planned -> known.add(planned.id()));
      throw Refusal.badInput(
          "run " + view.id() + " has no step \"" + step + '"' + Nearest.hint(step, known));
    }
    runs.add(view.id());
    Map<String, String> params = texts(view.plan().params());
    for (int task : view.taskNumbers()) {
      String id = view.plan().step(view.stepOf(task)).id();
      ActionResult result = history.result(task);
      if (result != null && !result.metrics().isEmpty() && (step == null || step.equals(id))) {
        steps.add(id);
        Map<String, String> axes = axes(view.instance(task));
        rows.add(new Row(view.id(), id, view.taskName(task), params, axes, result.metrics()));
      }
    }
  }

  private static Map<String, String> axes(Instance instance) {
    Map<String, String> axes = texts(instance.matrix());
    JsonValue item = instance.item();
    if (item instanceof JsonObject object) {
      axes.putAll(texts(object));
    } else if (item != null) {
      axes.put("item", text(item));
    }
    return axes;
  }

  private static Map<String, String> texts(JsonObject object) {
    Map<String, String> texts = new LinkedHashMap<>();
    object.members().forEach((name, value) -> texts.put(name, text(value)));
    return texts;
  }

  private static String text(JsonValue value) {
    return value instanceof JsonString(String text) ? text : JsonText.compact(value);
  }

  /**
   * Leaves only the rows of one step where no step was asked for: the last that has several, as a
   * sweep is evaluated at its end. Tables over several steps are mostly holes.
   *
   * @return the other steps that have metrics
   */
  List<String> narrow() {
    String chosen = null;
    for (String candidate : steps) {
      if (rows.stream().filter(row -> row.step.equals(candidate)).count() > runs.size()) {
        chosen = candidate;
      }
    }
    if (step != null || chosen == null || steps.size() == 1) {
      return List.of();
    }
    String only = chosen;
    rows.removeIf(row -> !row.step.equals(only));
    List<String> others = new ArrayList<>(steps);
    others.remove(only);
    steps.retainAll(Set.of(only));
    return others;
  }

  /**
   * Returns the rows, sorted by a metric, the largest first.
   *
   * @param metric which one, or null for the first that all rows have, or else none
   */
  List<Row> sorted(@Nullable String metric, boolean ascending) throws Refusal {
    if (rows.isEmpty()) {
      throw Refusal.badInput(
          step == null
              ? "no task of it has metrics"
              : "no task of " + step + " that succeeded has metrics",
          "a step records metrics by an output of kind \"metrics\"");
    }
    String by = metric == null ? shared() : metric;
    if (by == null) {
      return rows;
    }
    List<Row> sorted = new ArrayList<>();
    for (Row row : rows) {
      if (row.metrics.containsKey(by)) {
        sorted.add(row);
      }
    }
    if (sorted.isEmpty()) {
      throw Refusal.badInput("there is no metric \"" + by + '"' + Nearest.hint(by, metrics(rows)));
    }
    Comparator<Row> order =
        Comparator.comparingDouble(row -> row.metrics.getOrDefault(by, Double.NaN));
    sorted.sort(ascending ? order : order.reversed());
    return sorted;
  }

  private @Nullable String shared() {
    Set<String> shared = new TreeSet<>(rows.getFirst().metrics.keySet());
    rows.forEach(row -> shared.retainAll(row.metrics.keySet()));
    return shared.isEmpty() ? null : shared.iterator().next();
  }

  private static Set<String> metrics(List<Row> rows) {
    Set<String> metrics = new TreeSet<>();
    rows.forEach(row -> metrics.addAll(row.metrics.keySet()));
    return metrics;
  }

  /** Returns rows as a table: what makes them different, then their metrics. */
  Table table(List<Row> shown) {
    Set<String> axes = new LinkedHashSet<>();
    shown.forEach(row -> axes.addAll(row.axes.keySet()));
    Set<String> params = severalRuns ? differing(shown) : Set.of();
    Set<String> metrics = metrics(shown);
    metrics.removeAll(axes);
    boolean tasks = steps.size() > 1 || axes.isEmpty();
    List<String> heads = new ArrayList<>();
    if (severalRuns) {
      heads.add("RUN");
    }
    heads.addAll(params);
    if (tasks) {
      heads.add("TASK");
    } else {
      heads.addAll(axes);
    }
    heads.addAll(metrics);
    Table table = new Table(heads);
    for (Row row : shown) {
      List<String> cells = new ArrayList<>();
      if (severalRuns) {
        cells.add(row.run);
      }
      params.forEach(name -> cells.add(row.params.getOrDefault(name, "-")));
      if (tasks) {
        cells.add(row.task);
      } else {
        axes.forEach(name -> cells.add(row.axes.getOrDefault(name, "-")));
      }
      metrics.forEach(name -> cells.add(number(row.metrics.get(name))));
      table.add(cells);
    }
    return table;
  }

  private static String number(@Nullable Double value) {
    return value == null ? "-" : Amounts.rounded(value);
  }

  private static Set<String> differing(List<Row> rows) {
    Set<String> differing = new LinkedHashSet<>();
    Map<String, String> first = rows.getFirst().params;
    for (Row row : rows) {
      Set<String> names = new LinkedHashSet<>(first.keySet());
      names.addAll(row.params.keySet());
      for (String name : names) {
        if (!row.params.getOrDefault(name, "").equals(first.getOrDefault(name, ""))) {
          differing.add(name);
        }
      }
    }
    return differing;
  }
}

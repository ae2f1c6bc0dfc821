package dev.millrace.plan;

import dev.millrace.json.JsonNumber;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonString;
import dev.millrace.json.JsonValue;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Collects what a task's expressions read of other steps, in the form in which they see it. Not
 * safe for use by several threads.
 */
public final class StepValues {

  private final Map<String, OfStep> steps = new LinkedHashMap<>();

  /** Adds the status of a step, or of the task joined to this one. */
  public StepValues status(String step, String status) {
    of(step).status = status;
    return this;
  }

  /** Adds the value of an output. */
  public StepValues output(String step, String output, JsonValue value) {
    of(step).outputs.put(output, value);
    return this;
  }

  /** Adds the metrics of a task; {@code val.auc} can be read as {@code metrics.val.auc}. */
  public StepValues metrics(String step, Map<String, Double> metrics) {
    of(step).metrics.putAll(metrics);
    return this;
  }

  /** Returns all that was added. */
  public JsonObject toJson() {
    SequencedMap<String, JsonValue> members = LinkedHashMap.newLinkedHashMap(steps.size());
    steps.forEach((id, step) -> members.put(id, step.toJson()));
    return new JsonObject(members);
  }

  private OfStep of(String id) {
    return steps.computeIfAbsent(id, _ -> new OfStep());
  }

  private static final class OfStep {
    private String status = "";
    private final SequencedMap<String, JsonValue> outputs = new LinkedHashMap<>();
    private final SequencedMap<String, Double> metrics = new LinkedHashMap<>();

    private JsonObject toJson() {
      SequencedMap<String, JsonValue> members = new LinkedHashMap<>();
      if (!status.isEmpty()) {
        members.put("status", new JsonString(status));
      }
      members.put("outputs", new JsonObject(outputs));
      members.put("metrics", nested(metrics));
      return new JsonObject(members);
    }

    /** Names with dots are there twice: as they are, and as members of members. */
    private static JsonObject nested(Map<String, Double> metrics) {
      SequencedMap<String, JsonValue> members = new LinkedHashMap<>();
      Map<String, Map<String, Double>> groups = new LinkedHashMap<>();
      metrics.forEach(
          (name, value) -> {
            members.put(name, new JsonNumber(value));
            int dot = name.indexOf('.');
            if (dot > 0) {
              groups
                  .computeIfAbsent(name.substring(0, dot), _ -> new LinkedHashMap<>())
                  .put(name.substring(dot + 1), value);
            }
          });
      groups.forEach((name, group) -> members.putIfAbsent(name, nested(group)));
      return new JsonObject(members);
    }
  }
}

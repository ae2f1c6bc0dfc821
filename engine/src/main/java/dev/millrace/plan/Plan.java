package dev.millrace.plan;

import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonValue;
import dev.millrace.pipeline.Pipeline;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import org.jspecify.annotations.Nullable;

/**
 * A pipeline that was found to fit together, with values for its parameters. Steps are numbered in
 * a topological order that keeps the document's order where it can. Immutable.
 */
public final class Plan {

  /** The most tasks that a plan may have. */
  public static final int MAX_TASKS = 1_000_000;

  private final Pipeline pipeline;
  private final JsonObject params;
  private final List<PlannedStep> steps;
  private final Map<String, Integer> indexes;

  Plan(Pipeline pipeline, Map<String, JsonValue> params, List<PlannedStep> steps) {
    this.pipeline = pipeline;
    this.params = JsonObject.of(params);
    this.steps = List.copyOf(steps);
    this.indexes = HashMap.newHashMap(steps.size());
    for (PlannedStep step : steps) {
      indexes.put(step.id(), step.index());
    }
  }

  /** Returns the pipeline as parsed. */
  public Pipeline pipeline() {
    return pipeline;
  }

  /** Returns the values of all parameters, defaults included, in the document's order. */
  public JsonObject params() {
    return params;
  }

  /** Returns all steps in their order. */
  public List<PlannedStep> steps() {
    return steps;
  }

  /** Returns the step of that index. */
  public PlannedStep step(int index) {
    return steps.get(index);
  }

  /** Returns the index of the step of that id, or -1 where there is none. */
  public int indexOf(String stepId) {
    return indexes.getOrDefault(stepId, -1);
  }

  /** Returns the tasks of a step, or null where they are known only in the run. */
  public Fan.@Nullable Fixed tasks(int step) {
    return switch (steps.get(step).fan()) {
      case Fan.Fixed fixed -> fixed;
      case Fan.LikeStep(_, int root) ->
          steps.get(root).fan() instanceof Fan.Fixed fixed ? fixed : null;
      case Fan.AtRunTime _ -> null;
    };
  }

  /** Returns the paths of the user's files and directories that the steps read, as written. */
  public SequencedSet<String> userPaths() {
    SequencedSet<String> paths = new LinkedHashSet<>();
    for (PlannedStep step : steps) {
      for (PlannedInput input : step.inputs()) {
        if (input.source() instanceof PlannedInput.UserPath(String path)) {
          paths.add(path);
        }
      }
    }
    return paths;
  }

  /** Returns the number of tasks that are known before the run. */
  public int knownTasks() {
    int tasks = 0;
    for (int i = 0; i < steps.size(); i++) {
      Fan.Fixed fixed = tasks(i);
      tasks += fixed == null ? 0 : fixed.size();
    }
    return tasks;
  }
}

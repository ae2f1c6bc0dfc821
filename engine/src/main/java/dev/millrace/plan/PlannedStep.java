package dev.millrace.plan;

import dev.millrace.expression.Expression;
import dev.millrace.expression.Template;
import dev.millrace.json.JsonObject;
import dev.millrace.pipeline.Step;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * A step of a plan.
 *
 * @param index its number in the plan
 * @param step as written
 * @param fan into which tasks it unfolds
 * @param upstream the steps it waits for, each once; their indexes are less than its own
 * @param downstream the steps that wait for it, each once
 * @param inputs what is placed in its sandboxes
 * @param command what is run
 * @param env declared variables by name
 * @param image in which it runs, or null for none
 * @param when must be true for a task to run; null where nothing is asked
 * @param resources amounts by name
 * @param reads what its expressions read of other steps
 * @param inputPaths where its inputs are, by name, as expressions see them
 * @param outputPaths where its outputs are, by name, as expressions see them
 */
public record PlannedStep(
    int index,
    Step step,
    Fan fan,
    List<Edge> upstream,
    List<Edge> downstream,
    List<PlannedInput> inputs,
    PlannedCommand command,
    SequencedMap<String, Template> env,
    @Nullable Template image,
    @Nullable Expression when,
    SequencedMap<String, PlannedAmount> resources,
    List<StepRead> reads,
    JsonObject inputPaths,
    JsonObject outputPaths) {

  public PlannedStep {
    upstream = List.copyOf(upstream);
    downstream = List.copyOf(downstream);
    inputs = List.copyOf(inputs);
    env = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(env));
    resources = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(resources));
    reads = List.copyOf(reads);
  }

  /** Returns the step's id. */
  public String id() {
    return step.id();
  }

  /** Returns the name of the step's task with that instance, such as {@code train[depth=4]}. */
  public String taskName(Instance instance) {
    return step.id() + instance.suffix();
  }
}

package dev.millrace.pipeline;

import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonValue;
import java.util.List;
import java.util.SequencedMap;

/** Into which tasks a step unfolds. */
public sealed interface Expansion {

  /** One task. */
  record Single() implements Expansion {}

  /**
   * One task for each combination of values.
   *
   * @param axes values by axis, in the order written; values are strings, numbers or booleans,
   *     different from each other, at least one an axis; empty only where {@code include} is not
   * @param include combinations to add. One that only adds names to existing combinations (its
   *     values of axes agree with them) extends those instead
   * @param exclude combinations to leave out: all that have these values of these axes
   */
  record Matrix(
      SequencedMap<String, List<JsonValue>> axes,
      List<JsonObject> include,
      List<JsonObject> exclude)
      implements Expansion {
    public Matrix {
      axes = Ordered.copy(axes);
      include = List.copyOf(include);
      exclude = List.copyOf(exclude);
    }
  }

  /** One task for each of these values, which may be any JSON. */
  record ForEachValues(List<JsonValue> values) implements Expansion {
    public ForEachValues {
      values = List.copyOf(values);
    }
  }

  /** One task for each element of a JSON array that a step of the same run makes. */
  record ForEachOutput(String step, String output) implements Expansion {}

  /** One task for each task of another step, joined to it one to one. */
  record ForEachStep(String step) implements Expansion {}
}

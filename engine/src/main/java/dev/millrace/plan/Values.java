package dev.millrace.plan;

import dev.millrace.json.JsonArray;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonValue;
import java.util.BitSet;
import java.util.List;

/** One task for each value of a list. */
public final class Values implements Fan.Fixed {

  private final List<JsonValue> values;

  /** Those whose own text is no good name, or the name of an earlier value. */
  private final BitSet named;

  private Values(List<JsonValue> values) {
    this.values = values;
    this.named = Labels.toNumber(values);
  }

  /** Returns the fan-out over these values. */
  static Values of(List<JsonValue> values) {
    return new Values(List.copyOf(values));
  }

  /**
   * Returns the fan-out over a list that was made in the run.
   *
   * @param list what the step left in its output
   */
  public static Evaluated<Values> of(JsonValue list) {
    if (!(list instanceof JsonArray(List<JsonValue> elements))) {
      return new Evaluated.Failed<>(
          "forEach needs a JSON array, but the output holds " + article(list.typeName()));
    }
    if (elements.size() > Plan.MAX_TASKS) {
      return new Evaluated.Failed<>(
          "forEach is given " + elements.size() + " values; the most is " + Plan.MAX_TASKS);
    }
    return new Evaluated.Value<>(new Values(elements));
  }

  private static String article(String type) {
    return (type.matches("[aeio].*") ? "an " : "a ") + type;
  }

  @Override
  public int size() {
    return values.size();
  }

  @Override
  public Instance instance(int index) {
    JsonValue value = values.get(index);
    String label = Labels.label(value, index, named.get(index));
    return new Instance("[" + label + "]", JsonObject.EMPTY, value);
  }
}

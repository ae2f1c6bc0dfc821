package dev.millrace.plan;

import dev.millrace.expression.ValueType;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonValue;
import dev.millrace.pipeline.Expansion.Matrix;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What is known of the values of fan-outs. */
final class FanTypes {

  private FanTypes() {}

  static ValueType matrix(Matrix matrix) {
    Map<String, ValueType> members = new HashMap<>();
    matrix.axes().forEach((name, values) -> members.put(name, item(values)));
    for (JsonObject include : matrix.include()) {
      include
          .members()
          .forEach((name, value) -> members.merge(name, ValueType.of(value), ValueType::union));
    }
    return new ValueType.Members(members);
  }

  static ValueType item(List<JsonValue> values) {
    ValueType type = values.isEmpty() ? ValueType.Simple.ANY : ValueType.of(values.getFirst());
    for (JsonValue value : values) {
      type = ValueType.union(type, ValueType.of(value));
    }
    return type;
  }
}

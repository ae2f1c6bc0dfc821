package dev.millrace.runtime;

import dev.millrace.json.JsonNumber;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonValue;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The numbers in a metrics document, by name; nested names are joined with dots. */
final class Metrics {
  private Metrics() {}

  /**
   * Reads a metrics document. Values that are no numbers are left out: a document may say in words
   * what its numbers mean.
   *
   * @throws IllegalArgumentException if it is not an object
   */
  static SortedMap<String, Double> of(JsonValue document) {
    if (!(document instanceof JsonObject object)) {
      throw new IllegalArgumentException(
          "metrics must be a JSON object of numbers, such as {\"accuracy\": 0.97}, not an "
              + document.typeName());
    }
    SortedMap<String, Double> metrics = new TreeMap<>();
    collect("", object, metrics);
    return metrics;
  }

  private static void collect(String prefix, JsonObject object, SortedMap<String, Double> metrics) {
    for (Map.Entry<String, JsonValue> member : object.members().entrySet()) {
      String name = prefix + member.getKey();
      if (member.getValue() instanceof JsonNumber(double value)) {
        metrics.put(name, value);
      } else if (member.getValue() instanceof JsonObject nested) {
        collect(name + ".", nested, metrics);
      }
    }
  }
}

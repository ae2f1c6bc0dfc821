package dev.millrace.examples;

import dev.millrace.json.JsonArray;
import dev.millrace.json.JsonNumber;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a value is not the expected one. Numbers may differ by a tolerance, as results of trainings
 * do between processors; objects may have more members than expected.
 */
final class Difference {

  private final double tolerance;
  private final List<String> found = new ArrayList<>();

  private Difference(double tolerance) {
    this.tolerance = tolerance;
  }

  /** Returns the differences, each with its place. */
  static List<String> between(JsonValue expected, JsonValue actual, double tolerance) {
    Difference difference = new Difference(tolerance);
    difference.compare("", expected, actual);
    return difference.found;
  }

  private void compare(String place, JsonValue expected, @Nullable JsonValue actual) {
    if (expected instanceof JsonObject object && actual instanceof JsonObject other) {
      object
          .members()
          .forEach((name, value) -> compare(place + "/" + name, value, other.get(name)));
    } else if (expected instanceof JsonArray array
        && actual instanceof JsonArray other
        && array.elements().size() == other.elements().size()) {
      for (int i = 0; i < array.elements().size(); i++) {
        compare(place + "/" + i, array.elements().get(i), other.elements().get(i));
      }
    } else if (!isSame(expected, actual)) {
      found.add(place + ": expected " + expected + ", found " + actual);
    }
  }

  private boolean isSame(JsonValue expected, @Nullable JsonValue actual) {
    if (expected instanceof JsonNumber(double wanted)
        && actual instanceof JsonNumber(double value)) {
      return Math.abs(wanted - value) <= tolerance;
    }
    return expected.equals(actual);
  }
}

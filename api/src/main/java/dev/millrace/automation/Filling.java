package dev.millrace.automation;

import dev.millrace.json.JsonArray;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonPointer;
import dev.millrace.json.JsonString;
import dev.millrace.json.JsonValue;
import dev.millrace.pipeline.Problem;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Where a run's parameters come from: some are written down, others are taken from what caused the
 * run, each by a JSON pointer (RFC 6901). What the pointer does not lead to is left out, so that
 * the parameter's default counts.
 */
record Filling(Map<String, JsonValue> constants, Map<String, String> pointers) {
  Filling {
    constants = Map.copyOf(constants);
    pointers = Map.copyOf(pointers);
  }

  static Filling read(JsonObject spec, List<Problem> problems) {
    Map<String, JsonValue> constants = Read.object(spec, "params").members();
    Map<String, String> pointers = new TreeMap<>();
    Read.object(spec, "paramsFrom")
        .members()
        .forEach(
            (name, value) -> {
              String pointer = ((JsonString) value).value();
              String place = JsonPointer.of("paramsFrom", name);
              if (!pointer.isEmpty() && pointer.charAt(0) != '/') {
                problems.add(
                    new Problem(
                        "bad-pointer", place, "a JSON pointer begins with \"/\", as in \"/id\""));
              } else if (constants.containsKey(name)) {
                problems.add(
                    new Problem("param-twice", place, "it is in params too; keep one of them"));
              }
              pointers.put(name, pointer);
            });
    return new Filling(constants, pointers);
  }

  /** Returns the names of parameters whose values are not known before. */
  Set<String> open() {
    return pointers.keySet();
  }

  /** Returns the values, given what caused the run. */
  Map<String, JsonValue> fill(JsonValue cause) {
    Map<String, JsonValue> values = new TreeMap<>(constants);
    pointers.forEach(
        (name, pointer) -> {
          JsonValue value = at(cause, pointer);
          if (value != null) {
            values.put(name, value);
          }
        });
    return values;
  }

  /** Returns what a pointer leads to, or null. */
  static @Nullable JsonValue at(JsonValue value, String pointer) {
    JsonValue at = value;
    for (String token : JsonPointer.tokens(pointer)) {
      at =
          switch (at) {
            case JsonObject object -> object.get(token);
            case JsonArray(List<JsonValue> elements) -> element(elements, token);
            default -> null;
          };
      if (at == null) {
        return null;
      }
    }
    return at;
  }

  private static @Nullable JsonValue element(List<JsonValue> elements, String token) {
    boolean index = token.matches("0|[1-9][0-9]{0,8}");
    return index && Integer.parseInt(token) < elements.size()
        ? elements.get(Integer.parseInt(token))
        : null;
  }
}

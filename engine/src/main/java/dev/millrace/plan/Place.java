package dev.millrace.plan;

import dev.millrace.json.JsonArray;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonPointer;
import dev.millrace.json.JsonValue;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.Step;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Pointers to the places of a document that problems are about. */
final class Place {

  private Place() {}

  /** Returns the pointer to something of a step. */
  static String of(Step step, String... tokens) {
    return below(JsonPointer.of("steps", step.id()), tokens);
  }

  /**
   * Returns the pointer to something that a step may have from the document's defaults: to where it
   * is written, and to the step where it is not.
   */
  static String written(Pipeline pipeline, Step step, String... tokens) {
    JsonObject source = pipeline.source();
    JsonValue own = at(source, "steps", step.id());
    if (own != null && at(own, tokens) != null) {
      return of(step, tokens);
    }
    JsonValue defaults = at(source, "defaults");
    return defaults != null && at(defaults, tokens) != null
        ? below(JsonPointer.of("defaults"), tokens)
        : of(step);
  }

  private static @Nullable JsonValue at(JsonValue value, String... tokens) {
    JsonValue place = value;
    for (String token : tokens) {
      place =
          switch (place) {
            case JsonObject object -> object.get(token);
            case JsonArray(var elements) -> element(elements, token);
            case null, default -> null;
          };
    }
    return place;
  }

  private static @Nullable JsonValue element(List<JsonValue> elements, String index) {
    if (!index.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return null; // a member is looked for, and an array stands where an object should
    }
    int i = Integer.parseInt(index);
    return i < elements.size() ? elements.get(i) : null;
  }

  private static String below(String parent, String... tokens) {
    String pointer = parent;
    for (String token : tokens) {
      pointer = JsonPointer.child(pointer, token);
    }
    return pointer;
  }
}

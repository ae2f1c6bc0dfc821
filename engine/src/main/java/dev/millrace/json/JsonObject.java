package dev.millrace.json;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object.
 *
 * @param members in the order in which they were written; names are unique
 */
public record JsonObject(SequencedMap<String, JsonValue> members) implements JsonValue {

  /** The object without members. */
  public static final JsonObject EMPTY = new JsonObject(new LinkedHashMap<>());

  public JsonObject {
    members = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(members));
  }

  /** Returns an object with the given members. */
  public static JsonObject of(Map<String, ? extends JsonValue> members) {
    return new JsonObject(new LinkedHashMap<>(members));
  }

  /** Returns the member's value, or null where there is none of that name. */
  public @Nullable JsonValue get(String name) {
    return members.get(name);
  }

  @Override
  public String typeName() {
    return "object";
  }
}

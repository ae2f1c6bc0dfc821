package dev.millrace.automation;

import dev.millrace.json.JsonArray;
import dev.millrace.json.JsonBoolean;
import dev.millrace.json.JsonNumber;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonString;
import dev.millrace.json.JsonValue;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Members of objects whose form was checked before, or that were written here. */
final class Read {
  private Read() {}

  static JsonObject object(JsonObject json, String name) {
    return json.get(name) instanceof JsonObject object ? object : JsonObject.EMPTY;
  }

  static String text(JsonObject json, String name, String otherwise) {
    return json.get(name) instanceof JsonString(String text) ? text : otherwise;
  }

  static @Nullable Double number(JsonObject json, String name) {
    return json.get(name) instanceof JsonNumber(double number) ? number : null;
  }

  static boolean flag(JsonObject json, String name) {
    return JsonBoolean.TRUE.equals(json.get(name));
  }

  static @Nullable Instant instant(JsonObject json, String name) {
    return json.get(name) instanceof JsonNumber millis
        ? Instant.ofEpochMilli(millis.asLong())
        : null;
  }

  static List<JsonValue> list(JsonObject json, String name) {
    return json.get(name) instanceof JsonArray(List<JsonValue> elements) ? elements : List.of();
  }

  static List<String> texts(JsonObject json, String name) {
    return list(json, name).stream().map(one -> ((JsonString) one).value()).toList();
  }

  static Map<String, String> textMap(JsonObject json, String name) {
    Map<String, String> texts = new TreeMap<>();
    object(json, name)
        .members()
        .forEach((key, value) -> texts.put(key, ((JsonString) value).value()));
    return texts;
  }
}

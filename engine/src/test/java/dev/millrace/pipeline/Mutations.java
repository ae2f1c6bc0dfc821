package dev.millrace.pipeline;

import dev.millrace.json.JsonArray;
import dev.millrace.json.JsonBoolean;
import dev.millrace.json.JsonNull;
import dev.millrace.json.JsonNumber;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonReader;
import dev.millrace.json.JsonString;
import dev.millrace.json.JsonValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SequencedMap;

/** Spoils documents at random, the same way for the same seed. */
public final class Mutations {

  private static final List<JsonValue> STRANGE =
      List.of(
          JsonNull.INSTANCE,
          JsonBoolean.TRUE,
          new JsonNumber(-1),
          new JsonNumber(0),
          new JsonNumber(1.5),
          new JsonNumber(1e300),
          new JsonNumber(2_147_483_648.0),
          new JsonString(""),
          new JsonString(" "),
          new JsonString(".."),
          new JsonString("a/b"),
          new JsonString("/a"),
          new JsonString("."),
          new JsonString("first-step.list"),
          new JsonString("${{ params.mode }}"),
          new JsonString("5m"),
          new JsonString("2Gi"),
          new JsonString("\u00e9\ud83d\ude00"),
          JsonArray.EMPTY,
          JsonObject.EMPTY,
          JsonReader.read("[[],{}]"),
          JsonReader.read("{\"path\":\"a\",\"from\":\"b.c\"}"));

  private static final List<String> NAMES =
      List.of(
          "",
          "a b",
          "path",
          "from",
          "command",
          "script",
          "matrix",
          "forEach",
          "on",
          "x/y",
          "~",
          "digest",
          "include",
          "MILLRACE_X",
          "values",
          "step",
          "kind",
          "é");

  private final Random random;

  /** Mutations that the seed decides. */
  public Mutations(long seed) {
    this.random = new Random(seed);
  }

  /** Returns the text with some characters changed, removed, doubled or moved. */
  public String spoilText(String text) {
    StringBuilder spoiled = new StringBuilder(text);
    for (int i = random.nextInt(1, 4); i > 0; i--) {
      int at = random.nextInt(spoiled.length());
      int end = Math.min(spoiled.length(), at + random.nextInt(1, 8));
      switch (random.nextInt(4)) {
        case 0 -> spoiled.delete(at, end);
        case 1 -> spoiled.insert(at, spoiled.substring(at, end));
        case 2 -> spoiled.setCharAt(at, "{}[]\",:0e.-\\\u0000n\ud83d".charAt(random.nextInt(15)));
        default -> spoiled.insert(random.nextInt(spoiled.length()), spoiled.substring(at, end));
      }
      if (spoiled.isEmpty()) {
        spoiled.append('x');
      }
    }
    return spoiled.toString();
  }

  /** Returns the value with one of its parts replaced, removed, renamed or doubled. */
  public JsonValue spoil(JsonValue value) {
    return switch (value) {
      case JsonObject object when !object.members().isEmpty() && descends() -> inside(object);
      case JsonArray array when !array.elements().isEmpty() && descends() -> inside(array);
      case JsonObject _, JsonArray _, JsonString _, JsonNumber _, JsonBoolean _, JsonNull _ ->
          any(STRANGE);
    };
  }

  private JsonValue inside(JsonObject object) {
    String chosen = any(List.copyOf(object.members().keySet()));
    int action = random.nextInt(6);
    SequencedMap<String, JsonValue> members = new LinkedHashMap<>();
    for (Map.Entry<String, JsonValue> member : object.members().entrySet()) {
      JsonValue value = member.getValue();
      if (!member.getKey().equals(chosen)) {
        members.put(member.getKey(), value);
      } else if (action == 1) {
        members.put(any(NAMES), value);
      } else if (action == 2) {
        members.put(chosen, value);
        members.put(any(NAMES), any(STRANGE));
      } else if (action != 0) {
        members.put(chosen, spoil(value));
      }
    }
    return new JsonObject(members);
  }

  private JsonValue inside(JsonArray array) {
    List<JsonValue> elements = new ArrayList<>(array.elements());
    int at = random.nextInt(elements.size());
    switch (random.nextInt(4)) {
      case 0 -> elements.remove(at);
      case 1 -> elements.add(elements.get(at));
      default -> elements.set(at, spoil(elements.get(at)));
    }
    return new JsonArray(elements);
  }

  private boolean descends() {
    return random.nextInt(12) > 0;
  }

  private <T> T any(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }
}

package dev.millrace.cache;

import dev.millrace.json.JsonBoolean;
import dev.millrace.json.JsonNumber;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonString;
import dev.millrace.json.JsonValue;
import org.jspecify.annotations.Nullable;

/**
 * Reads members that a record of ours must have. What is missing or of another type means that the
 * record was not written by us, or was damaged: an {@code IllegalArgumentException}.
 */
final class Members {

  private Members() {}

  static JsonObject object(@Nullable JsonValue value) {
    if (value instanceof JsonObject object) {
      return object;
    }
    throw new IllegalArgumentException("no object where a record has one");
  }

  static JsonObject object(JsonObject object, String name) {
    if (object.get(name) instanceof JsonObject member) {
      return member;
    }
    throw missing(name, "object");
  }

  static String text(JsonObject object, String name) {
    if (object.get(name) instanceof JsonString(String text)) {
      return text;
    }
    throw missing(name, "string");
  }

  static double number(JsonObject object, String name) {
    if (object.get(name) instanceof JsonNumber(double number)) {
      return number;
    }
    throw missing(name, "number");
  }

  static long whole(JsonObject object, String name) {
    if (object.get(name) instanceof JsonNumber number && number.isInteger()) {
      return number.asLong();
    }
    throw missing(name, "whole number");
  }

  static boolean truth(JsonObject object, String name) {
    if (object.get(name) instanceof JsonBoolean(boolean truth)) {
      return truth;
    }
    throw missing(name, "boolean");
  }

  private static IllegalArgumentException missing(String name, String type) {
    return new IllegalArgumentException("a record without the " + type + " \"" + name + '"');
  }
}

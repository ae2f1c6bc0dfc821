package dev.millrace.expression;

import dev.millrace.json.JsonArray;
import dev.millrace.json.JsonBoolean;
import dev.millrace.json.JsonNull;
import dev.millrace.json.JsonNumber;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonString;
import dev.millrace.json.JsonValue;
import java.util.HashMap;
import java.util.Map;

/** What is known of a value before there is one. */
public sealed interface ValueType {

  /** Types without members. */
  enum Simple implements ValueType {
    /** True or false. */
    BOOLEAN,
    /** A whole number. */
    INTEGER,
    /** Any number; expressions take it as a double even where it is whole. */
    NUMBER,
    /** A text. */
    STRING,
    /** Nothing is known: decided when the expression is evaluated. */
    ANY
  }

  /**
   * An object with just these members.
   *
   * @param members types by name
   */
  record Members(Map<String, ValueType> members) implements ValueType {
    public Members {
      members = Map.copyOf(members);
    }
  }

  /** Returns the type of a value. */
  static ValueType of(JsonValue value) {
    return switch (value) {
      case JsonBoolean _ -> Simple.BOOLEAN;
      case JsonNumber number -> number.isInteger() ? Simple.INTEGER : Simple.NUMBER;
      case JsonString _ -> Simple.STRING;
      case JsonArray _ -> Simple.ANY;
      case JsonNull _ -> Simple.ANY;
      case JsonObject object -> {
        Map<String, ValueType> members = HashMap.newHashMap(object.members().size());
        object.members().forEach((name, member) -> members.put(name, of(member)));
        yield new Members(members);
      }
    };
  }

  /** Returns the narrowest type that has the values of both. */
  static ValueType union(ValueType one, ValueType other) {
    if (one.equals(other)) {
      return one;
    }
    if (isNumeric(one) && isNumeric(other)) {
      return Simple.NUMBER;
    }
    if (one instanceof Members(var left)
        && other instanceof Members(var right)
        && left.keySet().equals(right.keySet())) {
      Map<String, ValueType> members = HashMap.newHashMap(left.size());
      right.forEach((name, type) -> members.merge(name, type, ValueType::union));
      left.forEach((name, type) -> members.merge(name, type, ValueType::union));
      return new Members(members);
    }
    return Simple.ANY;
  }

  private static boolean isNumeric(ValueType type) {
    return type == Simple.INTEGER || type == Simple.NUMBER;
  }
}

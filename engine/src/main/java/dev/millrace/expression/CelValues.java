package dev.millrace.expression;

import dev.cel.common.values.NullValue;
import dev.millrace.expression.ValueType.Members;
import dev.millrace.expression.ValueType.Simple;
import dev.millrace.json.JsonArray;
import dev.millrace.json.JsonBoolean;
import dev.millrace.json.JsonNull;
import dev.millrace.json.JsonNumber;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonString;
import dev.millrace.json.JsonValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Translates between JSON values and those of the expression language. A whole number becomes an
 * {@code int}, unless its type is known to be {@code number}: then it is a {@code double} like the
 * others of its kind.
 */
final class CelValues {

  private CelValues() {}

  static Object toCel(JsonValue value, ValueType type) {
    return switch (value) {
      case JsonString string -> string.value();
      case JsonBoolean bool -> bool.value();
      case JsonNull _ -> NullValue.NULL_VALUE;
      case JsonNumber number ->
          number.isInteger() && type != Simple.NUMBER
              ? (Object) number.asLong()
              : (Object) number.value();
      case JsonArray array -> {
        List<Object> list = new ArrayList<>(array.elements().size());
        array.elements().forEach(element -> list.add(toCel(element, Simple.ANY)));
        yield list;
      }
      case JsonObject object -> {
        Map<String, Object> map = HashMap.newHashMap(object.members().size());
        object
            .members()
            .forEach((name, member) -> map.put(name, toCel(member, memberType(type, name))));
        yield map;
      }
    };
  }

  private static ValueType memberType(ValueType type, String name) {
    return type instanceof Members(var members)
        ? members.getOrDefault(name, Simple.ANY)
        : Simple.ANY;
  }

  /**
   * Returns the JSON value.
   *
   * @throws ExpressionException where JSON has no such value
   */
  static JsonValue toJson(@Nullable Object value) throws ExpressionException {
    return switch (value) {
      case null -> JsonNull.INSTANCE;
      case NullValue _ -> JsonNull.INSTANCE;
      case String string -> new JsonString(string);
      case Boolean bool -> JsonBoolean.of(bool);
      case Number number -> number(number);
      case List<?> list -> {
        List<JsonValue> elements = new ArrayList<>(list.size());
        for (Object element : list) {
          elements.add(toJson(element));
        }
        yield new JsonArray(elements);
      }
      case Map<?, ?> map -> {
        Map<String, JsonValue> members = LinkedHashMap.newLinkedHashMap(map.size());
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          members.put(name(entry.getKey()), toJson(entry.getValue()));
        }
        yield JsonObject.of(members);
      }
      default ->
          throw new ExpressionException("it gives no JSON value; turn it into text by string(…)");
    };
  }

  private static String name(@Nullable Object key) throws ExpressionException {
    if (key instanceof String name) {
      return name;
    }
    throw new ExpressionException("it gives an object whose keys are not all strings");
  }

  private static JsonNumber number(Number number) throws ExpressionException {
    double value = number.doubleValue();
    boolean whole = !(number instanceof Double);
    if (!Double.isFinite(value) || (whole && Math.abs(value) > JsonNumber.EXACT)) {
      throw new ExpressionException("it gives the number " + number + ", which JSON cannot hold");
    }
    return new JsonNumber(value);
  }
}

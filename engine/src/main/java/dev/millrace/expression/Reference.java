package dev.millrace.expression;

import dev.millrace.json.JsonArray;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An expression that only names a value: {@code matrix.depth}, {@code inputs["my-data"]}, {@code
 * item.points[0]}. Nearly all expressions are of this kind, so it is resolved without the
 * expression language, whose loading costs a start more than all the rest.
 *
 * @param text as written
 * @param path a root name and what follows; an index is the text of its number
 * @param type of what it leads to
 */
record Reference(String text, List<String> path, ValueType type) implements Expression {

  private static final Set<String> NOT_NAMES = Set.of("true", "false", "null", "in");

  Reference {
    path = List.copyOf(path);
  }

  @Override
  public List<List<String>> references() {
    return List.of(path);
  }

  @Override
  public JsonValue evaluate(Scope scope) throws ExpressionException {
    JsonValue value = scope.root(path.getFirst());
    if (value == null) {
      throw new ExpressionException(path.getFirst() + " is not defined here");
    }
    for (int i = 1; i < path.size(); i++) {
      value = member(value, i);
    }
    return value;
  }

  private JsonValue member(JsonValue value, int index) throws ExpressionException {
    String name = path.get(index);
    JsonValue member =
        switch (value) {
          case JsonObject object -> object.get(name);
          case JsonArray array -> element(array, name);
          default -> null;
        };
    if (member == null) {
      throw new ExpressionException(
          print(path.subList(0, index)) + " (" + value.typeName() + ") has no member " + name);
    }
    return member;
  }

  private static @Nullable JsonValue element(JsonArray array, String index) {
    if (index.isEmpty() || index.length() > 9 || !index.chars().allMatch(Reference::isDigit)) {
      return null;
    }
    int i = Integer.parseInt(index);
    return i < array.elements().size() ? array.elements().get(i) : null;
  }

  /** Returns the path that the text consists of, or null if it is more than a reference. */
  static @Nullable List<String> parse(String text) {
    List<String> path = new ArrayList<>(4);
    int end = nameEnd(text, 0);
    while (end > 0) {
      if (path.isEmpty()) {
        path.add(text.substring(0, end));
      }
      if (end == text.length()) {
        return NOT_NAMES.contains(path.getFirst()) ? null : path;
      }
      end = segment(text, end, path);
    }
    return null;
  }

  /** Adds the segment that begins at {@code start}; returns its end, or -1 where there is none. */
  private static int segment(String text, int start, List<String> path) {
    int from = start + 1;
    if (text.charAt(start) == '.') {
      int end = nameEnd(text, from);
      if (end > 0) {
        path.add(text.substring(from, end));
      }
      return end;
    }
    int close = text.charAt(start) == '[' ? text.indexOf(']', from) : -1;
    if (close < 0) {
      return -1;
    }
    String key = text.substring(from, close).strip();
    int length = key.length();
    boolean quoted =
        length >= 2
            && (key.charAt(0) == '"' || key.charAt(0) == '\'')
            && key.indexOf(key.charAt(0), 1) == length - 1
            && key.indexOf('\\') < 0;
    if (!quoted && (length == 0 || !key.chars().allMatch(Reference::isDigit))) {
      return -1;
    }
    path.add(quoted ? key.substring(1, length - 1) : key);
    return close + 1;
  }

  private static int nameEnd(String text, int start) {
    int end = start;
    while (end < text.length() && isNamePart(text.charAt(end), end == start)) {
      end++;
    }
    return end == start ? -1 : end;
  }

  private static boolean isNamePart(char c, boolean first) {
    return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (!first && isDigit(c));
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  /** Returns the path as one would write it. */
  static String print(List<String> path) {
    StringBuilder text = new StringBuilder(path.getFirst());
    for (String segment : path.subList(1, path.size())) {
      if (nameEnd(segment, 0) == segment.length()) {
        text.append('.').append(segment);
      } else if (segment.chars().allMatch(Reference::isDigit)) {
        text.append('[').append(segment).append(']');
      } else {
        text.append("[\"").append(segment).append("\"]");
      }
    }
    return text.toString();
  }
}

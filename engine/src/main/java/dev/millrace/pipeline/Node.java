package dev.millrace.pipeline;

import dev.millrace.json.JsonArray;
import dev.millrace.json.JsonBoolean;
import dev.millrace.json.JsonNull;
import dev.millrace.json.JsonNumber;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonPointer;
import dev.millrace.json.JsonString;
import dev.millrace.json.JsonText;
import dev.millrace.json.JsonValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A value of the document and the way to it. The pointer is only made when there is a problem to
 * report. The methods that read return a fallback (or null) where the value is wrong, having
 * reported it, so that parsing goes on and finds every problem.
 */
final class Node {

  private static final int SHOWN = 40;

  private final Problems problems;
  private final @Nullable Node parent;
  private final String name;
  private final int index;
  private final JsonValue value;

  private Node(Problems problems, @Nullable Node parent, String name, int index, JsonValue value) {
    this.problems = problems;
    this.parent = parent;
    this.name = name;
    this.index = index;
    this.value = value;
  }

  static Node root(Problems problems, JsonValue value) {
    return new Node(problems, null, "", -1, value);
  }

  private Node element(int at, JsonValue element) {
    return new Node(problems, this, "", at, element);
  }

  JsonValue value() {
    return value;
  }

  /** The name of the member that this is the value of. */
  String name() {
    return name;
  }

  String pointer() {
    if (parent == null) {
      return JsonPointer.ROOT;
    }
    String above = parent.pointer();
    return index < 0 ? JsonPointer.child(above, name) : JsonPointer.child(above, index);
  }

  /** What a sentence about this value begins with. */
  String label() {
    if (parent == null) {
      return "the document";
    }
    return index < 0 ? quote(name) : "item " + (index + 1) + " of " + parent.label();
  }

  void problem(String code, String message) {
    problems.add(code, pointer(), message);
  }

  void wrongType(String expected) {
    problem("wrong-type", label() + " must be " + expected + ", not " + found());
  }

  /** The member of that name, or null. */
  @Nullable Node member(String member) {
    JsonValue found = value instanceof JsonObject object ? object.get(member) : null;
    return found == null ? null : new Node(problems, this, member, -1, found);
  }

  /** The members of an object; none where it is something else. */
  List<Node> members(String expected) {
    if (!(value instanceof JsonObject(SequencedMap<String, JsonValue> members))) {
      wrongType(expected);
      return List.of();
    }
    List<Node> nodes = new ArrayList<>(members.size());
    for (Map.Entry<String, JsonValue> member : members.entrySet()) {
      nodes.add(new Node(problems, this, member.getKey(), -1, member.getValue()));
    }
    return nodes;
  }

  /** The elements of an array; none where it is something else. */
  List<Node> elements(String expected) {
    if (!(value instanceof JsonArray(List<JsonValue> elements))) {
      wrongType(expected);
      return List.of();
    }
    List<Node> nodes = new ArrayList<>(elements.size());
    for (JsonValue element : elements) {
      nodes.add(element(nodes.size(), element));
    }
    return nodes;
  }

  /** The members of an object; none, without a report, where it is something else. */
  List<Node> membersOrNone() {
    return value instanceof JsonObject ? members("") : List.of();
  }

  /** The elements of an array; none, without a report, where it is something else. */
  List<Node> elementsOrNone() {
    return value instanceof JsonArray ? elements("") : List.of();
  }

  /** Reads each member of an object. */
  <V> SequencedMap<String, V> map(String expected, Function<Node, V> reader) {
    List<Node> members = members(expected);
    if (members.isEmpty()) {
      return Ordered.empty();
    }
    SequencedMap<String, V> map = new LinkedHashMap<>();
    for (Node member : members) {
      map.put(member.name(), reader.apply(member));
    }
    return map;
  }

  /** Reads each element of an array. */
  <V> List<V> list(String expected, Function<Node, V> reader) {
    List<V> list = new ArrayList<>();
    for (Node element : elements(expected)) {
      list.add(reader.apply(element));
    }
    return list;
  }

  /** A text without NUL, which no program could be given; null where it is something else. */
  @Nullable String text(String expected) {
    if (!(value instanceof JsonString(String text))) {
      wrongType(expected + quotesHint());
      return null;
    }
    if (text.indexOf('\0') >= 0) {
      problem("bad-text", label() + " must not hold the character NUL (\\u0000); remove it");
      return null;
    }
    return text;
  }

  /** A text that says something; null where it does not. */
  @Nullable String filledText(String expected) {
    String text = text(expected);
    if (text != null && text.isBlank()) {
      problem("empty", label() + " is empty; write " + expected);
      return null;
    }
    return text;
  }

  boolean bool(boolean fallback) {
    if (value instanceof JsonBoolean(boolean truth)) {
      return truth;
    }
    wrongType("true or false");
    return fallback;
  }

  /** A number within bounds. */
  double number(String expected, double least, double most, double fallback) {
    if (!(value instanceof JsonNumber(double number))) {
      wrongType(expected);
      return fallback;
    }
    if (number < least || number > most) {
      problem("out-of-range", label() + " must be " + expected + ", not " + found());
      return fallback;
    }
    return number;
  }

  /** A whole number within bounds. */
  long integer(String expected, long least, long most, long fallback) {
    if (!(value instanceof JsonNumber number) || !number.isInteger()) {
      wrongType(expected);
      return fallback;
    }
    return (long) number(expected, (double) least, (double) most, (double) fallback);
  }

  /** One of the words that the constants are written as. */
  <E extends Enum<E> & Labelled> E word(List<E> constants, E fallback) {
    if (value instanceof JsonString(String text)) {
      for (E constant : constants) {
        if (constant.label().equals(text)) {
          return constant;
        }
      }
    }
    List<String> words = constants.stream().map(Labelled::label).toList();
    String text = text("one of " + quoteAll(words));
    if (text != null) {
      unknownWord(text, words);
    }
    return fallback;
  }

  /** Reports a text that is none of the words. */
  void unknownWord(String text, List<String> words) {
    String hint = Nearest.hint(text, words);
    String advice = hint.isEmpty() ? "; write one of " + quoteAll(words) : hint;
    problem("unknown-value", label() + " cannot be " + shown(quote(text)) + advice);
  }

  /** What was found, for people. */
  String found() {
    return found(value);
  }

  /** A value, for people. */
  static String found(JsonValue value) {
    return switch (value) {
      case JsonString(String text) -> "the text " + shown(quote(text));
      case JsonNumber number -> "the number " + JsonText.compact(number);
      case JsonBoolean truth -> JsonText.compact(truth);
      case JsonNull _ -> "null";
      case JsonArray _ -> "an array";
      case JsonObject _ -> "an object";
    };
  }

  private String quotesHint() {
    return switch (value) {
      case JsonNumber _, JsonBoolean _ -> " (write \"" + JsonText.compact(value) + "\" in quotes)";
      case JsonString _, JsonNull _, JsonArray _, JsonObject _ -> "";
    };
  }

  static String shown(String text) {
    return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
  }

  static String quote(String text) {
    return '"' + text + '"';
  }

  static String quoteAll(List<String> words) {
    return String.join(", ", words.stream().map(Node::quote).toList());
  }
}

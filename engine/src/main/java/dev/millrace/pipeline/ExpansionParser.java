package dev.millrace.pipeline;

import dev.millrace.json.JsonArray;
import dev.millrace.json.JsonNull;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonValue;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads {@code matrix} and {@code forEach}. */
final class ExpansionParser {

  private static final Expansion SINGLE = new Expansion.Single();

  private static final Fields.Known FOR_EACH =
      Fields.Known.of("\"forEach\"", "values", "from", "step");

  private static final String MATRIX_EXAMPLE = "an object such as {\"depth\": [4, 8]}";
  private static final String FOR_EACH_EXAMPLE =
      "an object such as {\"values\": [\"red\", \"white\"]}, {\"from\": \"list.names\"} or"
          + " {\"step\": \"train\"}";

  private ExpansionParser() {}

  static Expansion parse(Fields step) {
    Node matrix = step.get("matrix");
    Node forEach = step.get("forEach");
    if (matrix != null && forEach != null) {
      forEach.problem(
          "conflicting-fields",
          "a step has either \"matrix\" or \"forEach\", not both; remove one of them");
      return SINGLE;
    }
    if (matrix != null) {
      return matrix(matrix);
    }
    return forEach == null ? SINGLE : forEach(forEach);
  }

  private static Expansion forEach(Node node) {
    Fields fields = Fields.of(node, FOR_EACH, FOR_EACH_EXAMPLE);
    Node source = fields == null ? null : fields.oneOf(List.of("values", "from", "step"));
    if (source == null) {
      return SINGLE;
    }
    Expansion expansion =
        switch (source.name()) {
          case "values" -> values(source);
          case "from" -> output(source);
          case "step" -> step(source);
          default -> throw new IllegalStateException("forEach knows no " + source.name());
        };
    return expansion == null ? SINGLE : expansion;
  }

  private static Expansion values(Node node) {
    List<JsonValue> values = node.list("an array such as [\"red\", \"white\"]", Node::value);
    if (values.isEmpty() && node.value() instanceof JsonArray) {
      node.problem("empty", "\"values\" is empty; write at least one value");
    }
    return new Expansion.ForEachValues(values);
  }

  private static @Nullable Expansion output(Node node) {
    Reference reference = Reference.parse(node);
    return reference == null
        ? null
        : new Expansion.ForEachOutput(reference.step(), reference.output());
  }

  private static @Nullable Expansion step(Node node) {
    String step = node.filledText("the id of a step");
    if (step == null) {
      return null;
    }
    if (!Names.IDENTIFIER.fits(step)) {
      String shown = Node.quote(Node.shown(step));
      node.problem(
          "bad-reference", shown + " is not the id of a step; write one such as \"train\"");
      return null;
    }
    return new Expansion.ForEachStep(step);
  }

  private static Expansion matrix(Node node) {
    SequencedMap<String, List<JsonValue>> axes = new LinkedHashMap<>();
    List<JsonObject> include = List.of();
    for (Node member : node.members(MATRIX_EXAMPLE)) {
      if (member.name().equals("include")) {
        include = combinations(member);
      } else if (!member.name().equals("exclude")) {
        axes.put(member.name(), axis(member));
      }
    }
    Node excludeField = node.member("exclude");
    List<JsonObject> exclude = excludeField == null ? List.of() : combinations(excludeField);
    if (excludeField != null) {
      checkExcluded(excludeField, axes);
    }
    if (axes.isEmpty() && include.isEmpty() && node.value() instanceof JsonObject) {
      node.problem("empty", "\"matrix\" has no axis; write one, such as \"depth\": [4, 8]");
    }
    return new Expansion.Matrix(axes, include, exclude);
  }

  private static List<JsonValue> axis(Node node) {
    Names.IDENTIFIER.check(node, "an axis", node.name());
    String expected = "an array of values such as [4, 8]";
    Set<JsonValue> seen = new HashSet<>();
    for (Node element : node.elements(expected)) {
      checkScalar(element);
      if (!seen.add(element.value())) {
        element.problem(
            "duplicate-value", element.label() + " is there already; remove it, or change it");
      }
    }
    if (node.value() instanceof JsonArray(List<JsonValue> values)) {
      if (values.isEmpty()) {
        node.problem("empty", node.label() + " is empty; write at least one value");
      }
      return values;
    }
    return List.of();
  }

  private static void checkScalar(Node node) {
    JsonValue value = node.value();
    if (value instanceof JsonObject || value instanceof JsonArray || value instanceof JsonNull) {
      node.wrongType("a text, a number, true or false");
    }
  }

  private static List<JsonObject> combinations(Node node) {
    String expected = "an array of objects such as [{\"depth\": 16, \"rate\": 0.5}]";
    return node.list(expected, ExpansionParser::combination);
  }

  private static JsonObject combination(Node node) {
    for (Node value : node.members("an object such as {\"depth\": 16}")) {
      Names.IDENTIFIER.check(value, "an axis", value.name());
      checkScalar(value);
    }
    if (!(node.value() instanceof JsonObject combination)) {
      return JsonObject.EMPTY;
    }
    if (combination.members().isEmpty()) {
      node.problem("empty", node.label() + " is empty; name at least one axis");
    }
    return combination;
  }

  /** An exclusion that names no axis, or a value that its axis lacks, is a slip of the pen. */
  private static void checkExcluded(Node exclude, Map<String, List<JsonValue>> axes) {
    for (Node combination : exclude.elementsOrNone()) {
      for (Node value : combination.membersOrNone()) {
        List<JsonValue> values = axes.get(value.name());
        if (values == null) {
          String hint = Nearest.hint(value.name(), axes.keySet());
          String advice = hint.isEmpty() ? "; name an axis of the matrix" : hint;
          value.problem("unknown-axis", "there is no axis " + value.label() + advice);
        } else if (!values.contains(value.value())) {
          String message = "the axis " + value.label() + " never has " + value.found();
          value.problem("unknown-value", message + "; write one of its values");
        }
      }
    }
  }
}

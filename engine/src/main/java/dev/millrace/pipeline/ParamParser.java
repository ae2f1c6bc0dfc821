package dev.millrace.pipeline;

import dev.millrace.json.JsonArray;
import dev.millrace.json.JsonNumber;
import dev.millrace.json.JsonValue;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads one of the document's {@code params}. */
final class ParamParser {

  private static final Fields.Known PARAM =
      Fields.Known.of("a param", "type", "description", "default", "minimum", "maximum", "enum");

  private static final String EXAMPLE = "an object such as {\"type\": \"integer\", \"default\": 3}";

  private static final List<Param.Type> TYPES = List.of(Param.Type.values());

  private ParamParser() {}

  static Param parse(Node node) {
    Names.IDENTIFIER.check(node, "a param", node.name());
    Fields fields = Fields.of(node, PARAM, EXAMPLE);
    if (fields == null) {
      return unknown(node.name());
    }
    Node type =
        fields.require(
            "type",
            "\"type\": \"integer\", or another of string, number, boolean," + " file, json");
    Node description = fields.get("description");
    Param bare =
        new Param(
            node.name(),
            type == null ? Param.Type.JSON : type.word(TYPES, Param.Type.JSON),
            PipelineParser.description(description),
            null,
            bound(fields.get("minimum")),
            bound(fields.get("maximum")),
            List.of());
    checkBounds(fields, bare);
    Param param = withChoices(bare, fields.get("enum"));
    return withDefault(param, fields.get("default"));
  }

  private static Param unknown(String name) {
    return new Param(name, Param.Type.JSON, "", null, null, null, List.of());
  }

  private static @Nullable Double bound(@Nullable Node node) {
    if (node == null) {
      return null;
    }
    if (node.value() instanceof JsonNumber(double number)) {
      return number;
    }
    node.wrongType("a number");
    return null;
  }

  private static void checkBounds(Fields fields, Param param) {
    boolean isNumber = param.type() == Param.Type.INTEGER || param.type() == Param.Type.NUMBER;
    for (String name : List.of("minimum", "maximum")) {
      Node bound = fields.get(name);
      if (bound != null && !isNumber && fields.has("type")) {
        bound.problem(
            "conflicting-fields",
            Node.quote(name) + " only goes with the types integer and number; remove it");
      }
    }
    Double least = param.minimum();
    Double most = param.maximum();
    Node maximum = fields.get("maximum");
    if (least != null && most != null && least > most && maximum != null) {
      maximum.problem("out-of-range", "\"maximum\" must not be less than \"minimum\"");
    }
  }

  private static Param withChoices(Param bare, @Nullable Node node) {
    if (node == null) {
      return bare;
    }
    List<Node> choices = node.elements("an array of values");
    Set<JsonValue> seen = new HashSet<>();
    for (Node choice : choices) {
      checkFits(bare, choice);
      if (!seen.add(choice.value())) {
        choice.problem("duplicate-value", choice.label() + " is there already; remove it");
      }
    }
    if (choices.isEmpty() && node.value() instanceof JsonArray) {
      node.problem("empty", "\"enum\" is empty; write the values that are allowed, or remove it");
    }
    return new Param(
        bare.name(),
        bare.type(),
        bare.description(),
        null,
        bare.minimum(),
        bare.maximum(),
        choices.stream().map(Node::value).toList());
  }

  private static Param withDefault(Param param, @Nullable Node node) {
    if (node == null) {
      return param;
    }
    if (param.complaint(node.value()) != null) {
      reportDefault(param, node);
      return param;
    }
    return new Param(
        param.name(),
        param.type(),
        param.description(),
        node.value(),
        param.minimum(),
        param.maximum(),
        param.choices());
  }

  private static void reportDefault(Param param, Node node) {
    if (param.type() == Param.Type.FILE) {
      SourceParser.file(node);
    } else {
      checkFits(param, node);
    }
  }

  private static void checkFits(Param param, Node node) {
    String complaint = param.complaint(node.value());
    if (complaint != null) {
      node.problem("bad-param-value", node.label() + " " + complaint);
    }
  }
}

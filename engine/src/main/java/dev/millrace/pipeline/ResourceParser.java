package dev.millrace.pipeline;

import dev.millrace.json.JsonArray;
import dev.millrace.json.JsonBoolean;
import dev.millrace.json.JsonNull;
import dev.millrace.json.JsonNumber;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonString;
import dev.millrace.pipeline.ResourceSpec.Amount;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** Reads {@code resources}. */
final class ResourceParser {

  private static final double LEAST_MEMORY = 1 << 20;

  private ResourceParser() {}

  static ResourceSpec parse(@Nullable Node node, ResourceSpec base) {
    if (node == null) {
      return base;
    }
    String expected = "an object such as {\"cpus\": 2, \"memory\": \"1Gi\"}";
    return new ResourceSpec(
        Ordered.merge(base.amounts(), node.map(expected, ResourceParser::amount)));
  }

  private static Amount amount(Node node) {
    Names.IDENTIFIER.check(node, "a resource", node.name());
    if (node.value() instanceof JsonString(String text) && text.contains("${{")) {
      return new ResourceSpec.Computed(text);
    }
    OptionalDouble amount = known(node);
    if (amount.isEmpty()) {
      return new ResourceSpec.Fixed(0);
    }
    if (node.name().equals("memory") && amount.getAsDouble() < LEAST_MEMORY) {
      String advice = " is counted in bytes; write \"512Mi\" or \"2Gi\", or so";
      node.problem("bad-amount", "\"memory\" of less than 1Mi" + advice);
    }
    return new ResourceSpec.Fixed(amount.getAsDouble());
  }

  private static OptionalDouble known(Node node) {
    String expected =
        node.name().equals("memory")
            ? "a size such as \"512Mi\" or \"2Gi\", or a number of bytes"
            : "a number that is not negative";
    OptionalDouble amount =
        switch (node.value()) {
          case JsonNumber(double number) ->
              number < 0 ? OptionalDouble.empty() : OptionalDouble.of(number);
          case JsonString(String text) -> Quantity.parse(text);
          case JsonObject _, JsonArray _, JsonBoolean _, JsonNull _ -> OptionalDouble.empty();
        };
    if (amount.isEmpty()) {
      if (node.value() instanceof JsonNumber || node.value() instanceof JsonString) {
        node.problem("bad-amount", node.label() + " must be " + expected + ", not " + node.found());
      } else {
        node.wrongType(expected);
      }
    }
    return amount;
  }
}

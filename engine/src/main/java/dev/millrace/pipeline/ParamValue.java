package dev.millrace.pipeline;

import dev.millrace.json.CanonicalJson;
import dev.millrace.json.JsonBoolean;
import dev.millrace.json.JsonNumber;
import dev.millrace.json.JsonString;
import dev.millrace.json.JsonText;
import dev.millrace.json.JsonValue;
import org.jspecify.annotations.Nullable;

/** Whether a value fits a parameter. */
public final class ParamValue {

  private ParamValue() {}

  /** Returns what is wrong with the value, as the end of a sentence, or null where it fits. */
  public static @Nullable String complaint(Param param, JsonValue value) {
    String type = typeComplaint(param.type(), value);
    if (type != null) {
      return type;
    }
    String bounds =
        value instanceof JsonNumber(double number) ? boundsComplaint(param, number) : null;
    if (bounds != null || param.choices().isEmpty() || param.choices().contains(value)) {
      return bounds;
    }
    String choices = String.join(", ", param.choices().stream().map(JsonText::compact).toList());
    return "must be one of " + choices + ", not " + Node.found(value);
  }

  private static @Nullable String typeComplaint(Param.Type type, JsonValue value) {
    return switch (type) {
      case STRING -> must(value instanceof JsonString, "a text in quotes", value);
      case INTEGER -> must(value instanceof JsonNumber n && n.isInteger(), "a whole number", value);
      case NUMBER -> must(value instanceof JsonNumber, "a number", value);
      case BOOLEAN -> must(value instanceof JsonBoolean, "true or false", value);
      case FILE -> fileComplaint(value);
      case JSON -> null;
    };
  }

  private static @Nullable String must(boolean fits, String expected, JsonValue value) {
    return fits ? null : "must be " + expected + ", not " + Node.found(value);
  }

  private static @Nullable String fileComplaint(JsonValue value) {
    Problems problems = new Problems();
    SourceParser.file(Node.root(problems, value));
    return problems.isEmpty() ? null : "names no file: " + problems.list().getFirst().message();
  }

  private static @Nullable String boundsComplaint(Param param, double number) {
    Double least = param.minimum();
    if (least != null && number < least) {
      return "must be at least " + CanonicalJson.number(least) + ", not " + text(number);
    }
    Double most = param.maximum();
    if (most != null && number > most) {
      return "must be at most " + CanonicalJson.number(most) + ", not " + text(number);
    }
    return null;
  }

  private static String text(double number) {
    return CanonicalJson.number(number);
  }
}

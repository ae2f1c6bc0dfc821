package dev.millrace.expression;

import dev.millrace.json.CanonicalJson;
import dev.millrace.json.JsonArray;
import dev.millrace.json.JsonBoolean;
import dev.millrace.json.JsonNull;
import dev.millrace.json.JsonNumber;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonString;
import dev.millrace.json.JsonValue;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** A checked text with expressions in it. Immutable; safe to use from any thread. */
public final class Template {

  private final String text;
  private final Part[] parts;

  Template(String text, List<Part> parts) {
    this.text = text;
    this.parts = parts.toArray(Part[]::new);
  }

  /** Returns the template that is just this text. */
  public static Template literal(String text) {
    return new Template(text, List.of(new Literal(text)));
  }

  /** Returns the template as written. */
  public String text() {
    return text;
  }

  /** Returns whether it gives the same text in every scope. */
  public boolean isConstant() {
    for (Part part : parts) {
      if (part instanceof Hole) {
        return false;
      }
    }
    return true;
  }

  /** Returns the paths that its expressions read, each once; see {@link Expression#references}. */
  public List<List<String>> references() {
    Set<List<String>> paths = new LinkedHashSet<>();
    for (Part part : parts) {
      if (part instanceof Hole(var expression)) {
        paths.addAll(expression.references());
      }
    }
    return new ArrayList<>(paths);
  }

  /**
   * Returns the text: strings as they are, whole numbers without a fraction, arrays and objects as
   * canonical JSON.
   *
   * @throws ExpressionException with all expressions that have no value, or none that a text can
   *     hold
   */
  public String render(Scope scope) throws ExpressionException {
    if (parts.length == 1 && parts[0] instanceof Literal(String only)) {
      return only;
    }
    StringBuilder rendered = new StringBuilder();
    List<String> issues = new ArrayList<>(0);
    for (Part part : parts) {
      try {
        switch (part) {
          case Literal(String literal) -> rendered.append(literal);
          case Hole(Expression expression) ->
              rendered.append(print(expression, expression.evaluate(scope)));
        }
      } catch (ExpressionException e) {
        issues.addAll(e.issues());
      }
    }
    if (!issues.isEmpty()) {
      throw new ExpressionException(issues);
    }
    return rendered.toString();
  }

  private static String print(Expression expression, JsonValue value) throws ExpressionException {
    if (value instanceof JsonNull) {
      throw new ExpressionException(expression.text() + " is null, which no text can hold");
    }
    return print(value);
  }

  /** Returns the text of a value that is not null. */
  public static String print(JsonValue value) {
    return switch (value) {
      case JsonString string -> string.value();
      case JsonBoolean bool -> Boolean.toString(bool.value());
      case JsonNumber number when number.isInteger() -> Long.toString(number.asLong());
      case JsonNumber _, JsonArray _, JsonObject _, JsonNull _ -> CanonicalJson.text(value);
    };
  }

  @Override
  public String toString() {
    return text;
  }

  /** A part of a template. */
  sealed interface Part {}

  /** Text. */
  record Literal(String text) implements Part {}

  /** A place that an expression fills. */
  record Hole(Expression expression) implements Part {}
}

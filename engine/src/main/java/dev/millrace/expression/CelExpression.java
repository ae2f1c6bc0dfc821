package dev.millrace.expression;

import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.millrace.expression.ValueType.Simple;
import dev.millrace.json.JsonValue;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An expression of the Common Expression Language, compiled. */
final class CelExpression implements Expression {

  private final String text;
  private final ValueType type;
  private final List<List<String>> references;
  private final Map<String, ValueType> roots;
  private final CelRuntime.Program program;

  CelExpression(
      String text,
      ValueType type,
      List<List<String>> references,
      Map<String, ValueType> roots,
      CelRuntime.Program program) {
    this.text = text;
    this.type = type;
    this.references = references;
    this.roots = roots;
    this.program = program;
  }

  @Override
  public String text() {
    return text;
  }

  @Override
  public ValueType type() {
    return type;
  }

  @Override
  public List<List<String>> references() {
    return references;
  }

  @Override
  public JsonValue evaluate(Scope scope) throws ExpressionException {
    Object value;
    try {
      value = program.eval(name -> find(scope, name));
    } catch (CelEvaluationException e) {
      throw new ExpressionException(CelMessages.failed(text, e));
    }
    try {
      return CelValues.toJson(value);
    } catch (ExpressionException e) {
      throw new ExpressionException("in " + text + ": " + e.getMessage());
    }
  }

  private Optional<Object> find(Scope scope, String name) {
    JsonValue value = scope.root(name);
    return value == null
        ? Optional.empty()
        : Optional.of(CelValues.toCel(value, roots.getOrDefault(name, Simple.ANY)));
  }

  @Override
  public String toString() {
    return text;
  }
}

package dev.millrace.expression;

import dev.millrace.json.JsonValue;
import java.util.List;

/** A checked expression: gives a value in a scope. Immutable; safe to use from any thread. */
public sealed interface Expression permits Reference, CelExpression {

  /** Returns the expression as written, without surrounding space. */
  String text();

  /** Returns what is known of its value. */
  ValueType type();

  /**
   * Returns the paths that it reads: a root name and the names of members below it, as far as they
   * are written out, such as {@code [steps, train, outputs, score]}. No path is twice in the list.
   */
  List<List<String>> references();

  /**
   * Returns its value.
   *
   * @throws ExpressionException where it has none; the message says why
   */
  JsonValue evaluate(Scope scope) throws ExpressionException;
}

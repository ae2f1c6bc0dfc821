package dev.millrace.expression;

import dev.millrace.expression.ValueType.Simple;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Checks the expressions and templates of one plan, each distinct one once. Not safe for use by
 * several threads; what it returns is.
 */
public final class Expressions {

  private @Nullable CelCompilation compilation;

  /**
   * Checks a bare expression.
   *
   * @throws ExpressionException with all that is wrong
   */
  public Expression expression(String text, TypeScope types) throws ExpressionException {
    String stripped = text.strip();
    if (stripped.isEmpty()) {
      throw new ExpressionException("an expression is missing here");
    }
    List<String> path = Reference.parse(stripped);
    if (path != null) {
      return new Reference(stripped, path, types.typeAt(path));
    }
    if (compilation == null) {
      compilation = new CelCompilation();
    }
    return compilation.compile(stripped, types);
  }

  /**
   * Checks a condition: an expression, bare or all of it in <code>${{ }}</code>, that is true or
   * false.
   *
   * @throws ExpressionException with all that is wrong
   */
  public Expression condition(String text, TypeScope types) throws ExpressionException {
    String bare = TemplateParser.unwrap(text);
    Expression expression = expression(bare, types);
    if (expression.type() != Simple.BOOLEAN && expression.type() != Simple.ANY) {
      throw new ExpressionException(
          "the condition " + expression.text() + " is not a boolean; write a comparison");
    }
    return expression;
  }

  /**
   * Checks a template: text with expressions in <code>${{ }}</code>. <code>$${{</code> stands for
   * the text <code>${{</code>.
   *
   * @throws ExpressionException with all that is wrong, in all its expressions
   */
  public Template template(String text, TypeScope types) throws ExpressionException {
    if (!text.contains(TemplateParser.OPEN)) {
      return Template.literal(text);
    }
    return compile(text, types);
  }

  private Template compile(String text, TypeScope types) throws ExpressionException {
    List<Template.Part> parts = new ArrayList<>();
    List<String> issues = new ArrayList<>();
    for (TemplateParser.Piece piece : TemplateParser.parse(text)) {
      if (!piece.expression()) {
        parts.add(new Template.Literal(piece.text()));
        continue;
      }
      try {
        parts.add(new Template.Hole(expression(piece.text(), types)));
      } catch (ExpressionException e) {
        issues.addAll(e.issues());
      }
    }
    if (!issues.isEmpty()) {
      throw new ExpressionException(issues);
    }
    return new Template(text, parts);
  }
}

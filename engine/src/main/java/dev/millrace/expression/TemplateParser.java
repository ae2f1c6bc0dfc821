package dev.millrace.expression;

import java.util.ArrayList;
import java.util.List;

/** Cuts templates into text and expressions. */
final class TemplateParser {

  /** Begins an expression. */
  static final String OPEN = "${{";

  private TemplateParser() {}

  /**
   * A part of a template.
   *
   * @param expression whether the text is an expression's
   */
  record Piece(String text, boolean expression) {}

  static List<Piece> parse(String text) throws ExpressionException {
    List<Piece> pieces = new ArrayList<>();
    StringBuilder literal = new StringBuilder();
    int from = 0;
    for (int open = text.indexOf(OPEN); open >= 0; open = text.indexOf(OPEN, from)) {
      int start = open + OPEN.length();
      if (open > from && text.charAt(open - 1) == '$') {
        literal.append(text, from, open - 1).append(OPEN);
        from = start;
        continue;
      }
      literal.append(text, from, open);
      if (!literal.isEmpty()) {
        pieces.add(new Piece(literal.toString(), false));
        literal.setLength(0);
      }
      int end = end(text, start);
      pieces.add(new Piece(text.substring(start, end), true));
      from = end + 2;
    }
    literal.append(text, from, text.length());
    if (!literal.isEmpty()) {
      pieces.add(new Piece(literal.toString(), false));
    }
    return pieces;
  }

  /** Returns the expression of a text that is all one <code>${{ }}</code>, or the text itself. */
  static String unwrap(String text) throws ExpressionException {
    if (!text.contains(OPEN)) {
      return text;
    }
    List<Piece> pieces = parse(text.strip());
    if (pieces.size() == 1 && pieces.getFirst().expression()) {
      return pieces.getFirst().text();
    }
    throw new ExpressionException(
        "a condition is one expression; write it bare, or all of it in ${{ }}");
  }

  /** Returns where the closing braces are, past strings and maps of the expression. */
  private static int end(String text, int start) throws ExpressionException {
    int depth = 0;
    char quote = 0;
    for (int i = start; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quote != 0) {
        if (c == '\\') {
          i++;
        } else if (c == quote) {
          quote = 0;
        }
      } else if (c == '"' || c == '\'') {
        quote = c;
      } else if (c == '{') {
        depth++;
      } else if (c == '}' && depth > 0) {
        depth--;
      } else if (text.startsWith("}}", i)) {
        return i;
      }
    }
    String from = text.substring(start - OPEN.length(), Math.min(text.length(), start + 20));
    throw new ExpressionException(
        "the expression that begins with "
            + from
            + " is not closed; write }} after it,"
            + " or $${{ for the text ${{");
  }
}

package dev.millrace.expression;

import java.util.List;

/** An expression is wrong, or has no value in a scope. Its messages are for people. */
public final class ExpressionException extends Exception {

  private static final long serialVersionUID = 1;

  private final transient List<String> issues;

  /** One thing is wrong. */
  public ExpressionException(String issue) {
    this(List.of(issue));
  }

  /**
   * Several things are wrong.
   *
   * @param issues not empty
   */
  public ExpressionException(List<String> issues) {
    super(String.join("; ", issues), null, false, false);
    this.issues = List.copyOf(issues);
  }

  /** Returns what is wrong, one sentence for each thing. */
  public List<String> issues() {
    return issues;
  }
}

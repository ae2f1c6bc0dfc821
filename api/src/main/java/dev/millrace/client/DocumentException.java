package dev.millrace.client;

import dev.millrace.pipeline.Problem;
import java.io.IOException;
import java.util.List;

/** A document or its parameters cannot be run as they are; everything that is wrong is told. */
public final class DocumentException extends IOException {
  private static final long serialVersionUID = 1;

  private final transient List<Problem> problems;

  DocumentException(List<Problem> problems) {
    super(String.join("; ", problems.stream().map(Problem::toString).toList()));
    this.problems = List.copyOf(problems);
  }

  /** Returns what is wrong, each with its place; at least one. */
  public List<Problem> problems() {
    return problems;
  }
}

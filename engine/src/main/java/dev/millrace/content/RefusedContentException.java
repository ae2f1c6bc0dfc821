package dev.millrace.content;

import java.io.IOException;
import java.util.List;

/**
 * A file or directory cannot be stored as it is: special files, links that lead outside, names that
 * are not text. All that was found is listed, each with its path.
 */
public final class RefusedContentException extends IOException {
  private static final long serialVersionUID = 1L;

  private final transient List<String> problems;

  public RefusedContentException(List<String> problems) {
    super(String.join("; ", problems));
    this.problems = List.copyOf(problems);
  }

  /** Returns what is wrong, one sentence for each place; at least one. */
  public List<String> problems() {
    return problems;
  }
}

package dev.millrace.pipeline;

import java.util.ArrayList;
import java.util.List;

/** Collects problems, in the order in which they are found. Not safe for use by several threads. */
public final class Problems {

  private final List<Problem> found = new ArrayList<>();

  /**
   * Adds a problem.
   *
   * @param code stable name in kebab-case
   * @param pointer JSON pointer to the place
   * @param message a sentence that says what to write instead
   */
  public void add(String code, String pointer, String message) {
    found.add(new Problem(code, pointer, message));
  }

  /** Returns whether nothing was found. */
  public boolean isEmpty() {
    return found.isEmpty();
  }

  /** Returns what was found so far. */
  public List<Problem> list() {
    return List.copyOf(found);
  }
}

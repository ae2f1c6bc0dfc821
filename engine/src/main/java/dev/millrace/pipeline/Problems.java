package dev.millrace.pipeline;

import dev.millrace.json.JsonLocator;
import dev.millrace.json.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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

  /** Adds a problem. */
  public void add(Problem problem) {
    found.add(problem);
  }

  /** Returns whether nothing was found. */
  public boolean isEmpty() {
    return found.isEmpty();
  }

  /** Returns what was found so far. */
  public List<Problem> list() {
    return List.copyOf(found);
  }

  /** Returns what was found so far, with positions in the text, in the text's order. */
  public List<Problem> located(String text) {
    return locate(found, text);
  }

  /**
   * Returns the problems with positions in the text of their document, in the text's order.
   *
   * @param problems positions they have already are kept
   */
  public static List<Problem> locate(List<Problem> problems, String text) {
    List<String> pointers =
        problems.stream().filter(p -> p.position() == null).map(Problem::pointer).toList();
    Map<String, Position> places = JsonLocator.locate(text, pointers);
    return problems.stream()
        .map(p -> withPosition(p, places))
        .sorted(Problems::byPosition)
        .toList();
  }

  /** By hand: a comparator made of others costs 10 ms when a run starts. */
  private static int byPosition(Problem one, Problem other) {
    @Nullable Position first = one.position();
    @Nullable Position second = other.position();
    if (first == null || second == null) {
      return Boolean.compare(first != null, second != null);
    }
    return first.compareTo(second);
  }

  private static Problem withPosition(Problem problem, Map<String, Position> places) {
    @Nullable Position known = problem.position();
    return known != null ? problem : problem.at(places.get(problem.pointer()));
  }
}

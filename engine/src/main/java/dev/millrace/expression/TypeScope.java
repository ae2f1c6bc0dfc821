package dev.millrace.expression;

import dev.millrace.expression.ValueType.Members;
import dev.millrace.expression.ValueType.Simple;
import dev.millrace.pipeline.Nearest;
import java.util.List;
import java.util.Map;

/**
 * What is known, before there are values, of the names that an expression can see.
 *
 * @param roots types by root name
 * @param absent root names that exist elsewhere but not here, each with a sentence that says why
 */
public record TypeScope(Map<String, ValueType> roots, Map<String, String> absent) {

  public TypeScope {
    roots = Map.copyOf(roots);
    absent = Map.copyOf(absent);
  }

  /**
   * Returns the type of what a path leads to.
   *
   * @param path a root name and the names of members below it
   * @throws ExpressionException where the path leads nowhere
   */
  public ValueType typeAt(List<String> path) throws ExpressionException {
    ValueType type = roots.get(path.getFirst());
    if (type == null) {
      throw new ExpressionException(unknownRoot(path.getFirst()));
    }
    for (int i = 1; i < path.size(); i++) {
      type = member(type, path, i);
    }
    return type;
  }

  private static ValueType member(ValueType type, List<String> path, int index)
      throws ExpressionException {
    String parent = Reference.print(path.subList(0, index));
    String name = path.get(index);
    return switch (type) {
      case Members(var members) -> {
        ValueType member = members.get(name);
        if (member == null) {
          throw new ExpressionException(
              parent + " has no member " + name + Nearest.hint(name, members.keySet()));
        }
        yield member;
      }
      case Simple.ANY -> Simple.ANY;
      case Simple simple ->
          throw new ExpressionException(
              parent + " is " + describe(simple) + " and has no member " + name);
    };
  }

  private String unknownRoot(String name) {
    String why = absent.get(name);
    return why != null
        ? why
        : "there is no " + name + " in expressions" + Nearest.hint(name, roots.keySet());
  }

  private static String describe(Simple type) {
    return switch (type) {
      case BOOLEAN -> "a boolean";
      case INTEGER -> "an integer";
      case NUMBER -> "a number";
      case STRING -> "a string";
      case ANY -> "any value";
    };
  }
}

package dev.millrace.expression;

import dev.millrace.json.JsonValue;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The values that an expression can see, by root name: {@code params}, {@code matrix}, … */
@FunctionalInterface
public interface Scope {

  /** A scope without names. */
  Scope EMPTY = name -> null;

  /**
   * Returns the value of a root name, or null where the name is not defined. Called only for names
   * that an expression uses, each time that it does.
   */
  @Nullable JsonValue root(String name);

  /** Returns the scope of these values. */
  static Scope of(Map<String, ? extends JsonValue> roots) {
    return roots::get;
  }
}

package dev.millrace.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a command takes. Plain data, from which arguments are parsed and help and completion are
 * made.
 *
 * @param command its words, such as {@code cache stats}
 * @param summary one sentence
 * @param positionals in order
 */
record Syntax(String command, String summary, List<Positional> positionals, List<Option> options) {

  Syntax {
    positionals = List.copyOf(positionals);
    options = List.copyOf(options);
  }

  /**
   * Something with a place.
   *
   * @param label for help, in capitals
   * @param least how many there must be
   * @param most how many there may be
   */
  record Positional(String label, String description, int least, int most) {
    static Positional required(String label, String description) {
      return new Positional(label, description, 1, 1);
    }

    static Positional optional(String label, String description) {
      return new Positional(label, description, 0, 1);
    }
  }

  /**
   * Something with a name.
   *
   * @param name with its dashes
   * @param label of its value for help, or null where it takes none
   * @param arity how often, and with how many values
   */
  record Option(String name, @Nullable String label, String description, Arity arity) {
    static Option flag(String name, String description) {
      return new Option(name, null, description, Arity.FLAG);
    }

    static Option value(String name, String label, String description) {
      return new Option(name, label, description, Arity.ONCE);
    }

    static Option values(String name, String label, String description) {
      return new Option(name, label, description, Arity.OFTEN);
    }

    static Option flagOrValue(String name, String label, String description) {
      return new Option(name, label, description, Arity.FLAG_OR_VALUE);
    }
  }

  /** How an option is given. */
  enum Arity {
    /** Without a value. */
    FLAG,
    /** With a value, once. */
    ONCE,
    /** With a value, any number of times. */
    OFTEN,
    /** Alone, or as {@code NAME=VALUE}. */
    FLAG_OR_VALUE
  }

  /** Returns the option of that name, or null. */
  @Nullable Option option(String name) {
    for (Option option : options) {
      if (option.name().equals(name)) {
        return option;
      }
    }
    return null;
  }
}

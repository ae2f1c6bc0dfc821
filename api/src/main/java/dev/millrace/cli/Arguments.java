package dev.millrace.cli;

import dev.millrace.cli.Syntax.Arity;
import dev.millrace.cli.Syntax.Option;
import dev.millrace.cli.Syntax.Positional;
import dev.millrace.pipeline.Nearest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a command was given. Parsed by hand: the classes of picocli are older than what the JVM can
 * keep in its start-up cache, and cost more than a whole cached run; see docs/adr/0007.
 */
final class Arguments {
  private final Syntax syntax;
  private final Map<String, List<String>> options = new HashMap<>();
  private final List<String> positionals = new ArrayList<>();

  private Arguments(Syntax syntax) {
    this.syntax = syntax;
  }

  /** Parses what follows the command's own words. */
  static Arguments parse(Syntax syntax, List<String> words) throws Refusal {
    Arguments arguments = new Arguments(syntax);
    boolean onlyPositionals = false;
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      if (onlyPositionals || !word.startsWith("-") || word.equals("-")) {
        arguments.positionals.add(word);
      } else if (word.equals("--")) {
        onlyPositionals = true;
      } else {
        i += arguments.take(word, i + 1 < words.size() ? words.get(i + 1) : null);
      }
    }
    arguments.checkPositionals();
    return arguments;
  }

  /** Takes an option, and returns how many further words were its value. */
  private int take(String word, @Nullable String next) throws Refusal {
    int equals = word.indexOf('=');
    String name = equals < 0 ? word : word.substring(0, equals);
    Option option = syntax.option(name);
    if (option == null) {
      throw wrong("unknown option " + name + Nearest.hint(name, names()));
    }
    List<String> values = options.computeIfAbsent(name, _ -> new ArrayList<>(2));
    if (!values.isEmpty() && option.arity() != Arity.OFTEN) {
      throw wrong(name + " is given twice; keep one of them");
    }
    if (option.arity() == Arity.FLAG && equals >= 0) {
      throw wrong(name + " takes no value");
    }
    if (option.arity() == Arity.FLAG || (option.arity() == Arity.FLAG_OR_VALUE && equals < 0)) {
      values.add("");
      return 0;
    }
    return takeValue(option, values, equals < 0 ? next : word.substring(equals + 1), equals < 0);
  }

  private int takeValue(
      Option option, List<String> values, @Nullable String value, boolean isNextWord)
      throws Refusal {
    String name = option.name();
    String label = option.label() + "";
    if (value == null) {
      throw wrong(name + " needs a value: " + name + " " + label);
    }
    if (label.indexOf('=') > 0 && value.indexOf('=') <= 0) {
      throw wrong(name + " must look like " + name + " " + label + ", not \"" + value + '"');
    }
    values.add(value);
    return isNextWord ? 1 : 0;
  }

  private List<String> names() {
    List<String> names = new ArrayList<>();
    for (Option option : syntax.options()) {
      names.add(option.name());
    }
    return names;
  }

  private void checkPositionals() throws Refusal {
    int least = 0;
    int most = 0;
    for (Positional positional : syntax.positionals()) {
      least += positional.least();
      most += Math.min(positional.most(), Integer.MAX_VALUE - most);
      if (positionals.size() < least) {
        throw wrong(
            "millrace "
                + syntax.command()
                + " needs "
                + positional.label()
                + ": "
                + positional.description());
      }
    }
    if (positionals.size() > most) {
      throw wrong(
          "millrace " + syntax.command() + " has no use for \"" + positionals.get(most) + '"');
    }
  }

  private Refusal wrong(String message) {
    return Refusal.badInput(
        message, "`millrace help " + syntax.command() + "` lists what it takes");
  }

  /** Returns the words of the command. */
  String command() {
    return syntax.command();
  }

  /** Returns whether the option was given. */
  boolean has(String name) {
    return options.containsKey(name);
  }

  /** Returns the option's value, or null where it was not given. */
  @Nullable String get(String name) {
    List<String> values = options.get(name);
    return values == null ? null : values.getLast();
  }

  /** Returns all values of an option that may be given several times. */
  List<String> all(String name) {
    return options.getOrDefault(name, List.of());
  }

  /** Returns the positional arguments. */
  List<String> positionals() {
    return positionals;
  }

  /** Returns the positional argument at that place, or null. */
  @Nullable String positional(int index) {
    return index < positionals.size() ? positionals.get(index) : null;
  }

  /** Returns the {@code name=value} pairs of an option. */
  Map<String, String> pairs(String name) throws Refusal {
    Map<String, String> pairs = new LinkedHashMap<>();
    for (String pair : all(name)) {
      int equals = pair.indexOf('=');
      if (pairs.put(pair.substring(0, equals), pair.substring(equals + 1)) != null) {
        throw wrong(name + " gives \"" + pair.substring(0, equals) + "\" twice; keep one of them");
      }
    }
    return pairs;
  }

  /**
   * Returns an option's number from 0 to 1: 0 where it was not given, 1 where it was given without
   * a value.
   */
  double share(String name) throws Refusal {
    String text = get(name);
    if (text == null || text.isEmpty()) {
      return text == null ? 0 : 1;
    }
    try {
      double share = Double.parseDouble(text);
      if (share >= 0 && share <= 1) {
        return share;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw wrong(name + " must be a number from 0 to 1, not \"" + text + '"');
  }

  /** Returns an option's positive whole number, or null where it was not given. */
  @Nullable Integer count(String name) throws Refusal {
    String text = get(name);
    if (text == null) {
      return null;
    }
    try {
      int count = Integer.parseInt(text);
      if (count > 0) {
        return count;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw wrong(name + " must be a whole number from 1, not \"" + text + '"');
  }
}

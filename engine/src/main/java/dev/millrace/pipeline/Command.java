package dev.millrace.pipeline;

import java.util.List;

/** What a step runs. Texts are templates: they may hold <code>${{ … }}</code>. */
public sealed interface Command {

  /**
   * A program and its arguments.
   *
   * @param arguments template texts, the program first; not empty
   */
  record Argv(List<String> arguments) implements Command {
    public Argv {
      arguments = List.copyOf(arguments);
    }
  }

  /**
   * A text for {@code /bin/sh -eu}.
   *
   * @param text a template text
   */
  record Script(String text) implements Command {}
}

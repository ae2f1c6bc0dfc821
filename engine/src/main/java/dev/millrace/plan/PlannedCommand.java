package dev.millrace.plan;

import dev.millrace.expression.Template;
import java.util.List;

/** What a step runs, with its expressions checked. */
public sealed interface PlannedCommand {

  /**
   * A program and its arguments.
   *
   * @param arguments not empty
   */
  record Argv(List<Template> arguments) implements PlannedCommand {
    public Argv {
      arguments = List.copyOf(arguments);
    }
  }

  /** A text for {@code /bin/sh -eu}. */
  record Script(Template text) implements PlannedCommand {}
}

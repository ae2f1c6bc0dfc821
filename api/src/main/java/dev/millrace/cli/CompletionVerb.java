package dev.millrace.cli;

import java.util.List;

/** Writes a script by which a shell completes command lines. */
final class CompletionVerb implements Verb {

  @Override
  public Syntax syntax() {
    return new Syntax(
        "completion",
        "Writes a completion script for bash or zsh: source <(millrace completion)",
        List.of(),
        List.of());
  }

  @Override
  public int execute(Arguments arguments, Session session) {
    session.printer().raw(PicocliForm.completion());
    return ExitCode.OK;
  }
}

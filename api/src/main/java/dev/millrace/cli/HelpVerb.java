package dev.millrace.cli;

import dev.millrace.cli.Syntax.Positional;
import java.util.List;

/** Says what commands there are and what they take. */
final class HelpVerb implements Verb {

  @Override
  public Syntax syntax() {
    return new Syntax(
        "help",
        "Lists the commands, or what one of them takes.",
        List.of(new Positional("COMMAND", "the command, such as: cache gc", 0, 2)),
        List.of());
  }

  @Override
  public int execute(Arguments arguments, Session session) throws Refusal {
    String name = String.join(" ", arguments.positionals());
    if (name.isEmpty()) {
      overview(session);
      return ExitCode.OK;
    }
    if (name.equals("exit-codes")) {
      session.printer().line(ExitCode.HELP.strip());
      return ExitCode.OK;
    }
    Verb verb = Verbs.of(name);
    if (verb == null) {
      throw Refusal.badInput(
          "there is no command \"" + name + '"', "`millrace help` lists all commands");
    }
    about(verb.syntax(), session);
    return ExitCode.OK;
  }

  /** Lists all commands. */
  void overview(Session session) {
    Printer printer = session.printer();
    printer.line("Millrace runs ML pipelines from JSON documents and never repeats what is known.");
    printer.line("");
    printer.line("Usage: millrace COMMAND [ARGUMENTS]");
    printer.line("");
    for (String name : Verbs.NAMES) {
      Verb verb = Verbs.of(name);
      if (verb != null) {
        printer.line("  " + Columns.padded(name, 14) + verb.syntax().summary());
      }
    }
    printer.line("");
    printer.line("`millrace help COMMAND` says what a command takes; `millrace --version` which");
    printer.line(
        "version this is. MILLRACE_DEBUG=1 in the environment shows where errors come from.");
    printer.line("");
    printer.line(ExitCode.HELP.strip());
  }

  /** Says what a command takes. */
  void about(Syntax syntax, Session session) {
    session.printer().line(PicocliForm.usage(syntax).strip());
  }
}

package dev.millrace.cli;

import dev.millrace.access.Role;
import dev.millrace.access.TokenFile;
import dev.millrace.cli.Syntax.Option;
import dev.millrace.cli.Syntax.Positional;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Makes a token for a server and shows it, once. */
final class TokenCreateVerb implements Verb {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

  private static final String ROLES =
      Arrays.stream(Role.values()).map(Role::label).collect(Collectors.joining(", "));

  @Override
  public Syntax syntax() {
    return new Syntax(
        "token create",
        "Makes a token for a server, and writes it; it cannot be shown again.",
        List.of(Positional.required("NAME", "what it is for; it is recorded with what is done")),
        List.of(
            Option.value("--role", "ROLE", "what its bearer may do: one of " + ROLES),
            Option.value("--days", "N", "it ends after so many days (default: it does not)"),
            Past.STATE));
  }

  @Override
  public int execute(Arguments arguments, Session session) throws Refusal, IOException {
    String name = String.valueOf(arguments.positional(0));
    if (!NAME.matcher(name).matches()) {
      throw Refusal.badInput(
          "a token's name is 1 to 63 letters, digits, dots, dashes and underscores, not \""
              + name
              + '"');
    }
    String label = arguments.get("--role");
    Role role = label == null ? null : Role.of(label);
    if (role == null) {
      throw Refusal.badInput(
          label == null ? "say what it may do: --role ROLE" : "there is no role \"" + label + '"',
          "roles are " + ROLES);
    }
    Integer days = arguments.count("--days");
    Path state = Project.stateOf(session, arguments.get("--state"), session.workingDirectory());
    Files.createDirectories(state);
    Instant now = Instant.now();
    try {
      String secret =
          new TokenFile(state)
              .create(name, role, now, days == null ? null : now.plus(Duration.ofDays(days)));
      session.printer().line(secret);
    } catch (TokenFile.TokenNameException e) {
      throw Refusal.badInput(
          String.valueOf(e.getMessage()), "revoke it first: millrace token revoke " + name);
    }
    return ExitCode.OK;
  }
}

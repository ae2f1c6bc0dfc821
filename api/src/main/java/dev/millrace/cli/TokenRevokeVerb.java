package dev.millrace.cli;

import dev.millrace.access.TokenFile;
import dev.millrace.cli.Syntax.Positional;
import java.io.IOException;
import java.util.List;

/** Takes a token back. */
final class TokenRevokeVerb implements Verb {

  @Override
  public Syntax syntax() {
    return new Syntax(
        "token revoke",
        "Takes a token back; a server that runs refuses it within a second.",
        List.of(Positional.required("NAME", "the token's name")),
        List.of(Past.STATE));
  }

  @Override
  public int execute(Arguments arguments, Session session) throws Refusal, IOException {
    try {
      new TokenFile(Project.existingState(session, arguments))
          .revoke(String.valueOf(arguments.positional(0)));
    } catch (TokenFile.TokenNameException e) {
      throw Refusal.badInput(String.valueOf(e.getMessage()), "`millrace token list` lists them");
    }
    return ExitCode.OK;
  }
}

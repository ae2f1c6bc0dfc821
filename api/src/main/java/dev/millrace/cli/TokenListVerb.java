package dev.millrace.cli;

import dev.millrace.access.Token;
import dev.millrace.access.TokenFile;
import dev.millrace.json.CanonicalWriter;
import java.io.IOException;
import java.time.Instant;
import java.util.List;

/** Lists the tokens of a server, without what their bearers show. */
final class TokenListVerb implements Verb {

  @Override
  public Syntax syntax() {
    return new Syntax(
        "token list", "Lists the tokens of a server.", List.of(), List.of(Past.STATE, Past.JSON));
  }

  @Override
  public int execute(Arguments arguments, Session session) throws Refusal, IOException {
    List<Token> tokens = new TokenFile(Project.existingState(session, arguments)).read();
    Printer printer = session.printer();
    if (arguments.has("--json")) {
      tokens.forEach(token -> printer.line(json(token)));
      return ExitCode.OK;
    }
    Table table = new Table(List.of("name", "role", "made", "ends"));
    Instant now = Instant.now();
    LocalTimes times = new LocalTimes();
    for (Token token : tokens) {
      Instant expires = token.expires();
      String ends = expires == null ? "" : times.dateAndTime(expires.toEpochMilli());
      table.add(
          List.of(
              token.name(),
              token.role().label(),
              times.dateAndTime(token.created().toEpochMilli()),
              token.isExpired(now) ? ends + " (over)" : ends));
    }
    table.print(printer);
    return ExitCode.OK;
  }

  private static String json(Token token) {
    CanonicalWriter json = new CanonicalWriter().beginObject();
    json.name("createdAt").value(token.created().toEpochMilli());
    if (token.expires() != null) {
      json.name("expiresAt").value(token.expires().toEpochMilli());
    }
    json.name("name").value(token.name()).name("role").value(token.role().label());
    return json.endObject().toText();
  }
}

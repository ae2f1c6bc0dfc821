package dev.millrace.cli;

import dev.millrace.cli.Syntax.Option;
import java.io.IOException;
import java.util.List;

/** Gives a pipeline to a server and does not wait for it. */
final class SubmitVerb implements Verb {

  @Override
  public Syntax syntax() {
    return new Syntax(
        "submit",
        "Gives a pipeline to a server, and says which run it is.",
        List.of(DocumentOptions.FILE),
        List.of(
            DocumentOptions.PARAM,
            DocumentOptions.PARAMS_FILE,
            RunSettings.LABEL,
            RunSettings.REFRESH,
            RunSettings.VERIFY,
            Past.SERVER,
            Past.TOKEN_FILE,
            Past.CA,
            Option.flag("--json", "write the run as JSON")));
  }

  @Override
  public int execute(Arguments arguments, Session session) throws Refusal, IOException {
    if (!Past.isRemote(arguments, session)) {
      throw Refusal.badInput(
          "millrace submit needs a server: --server URL, or MILLRACE_SERVER",
          "`millrace run FILE` runs a pipeline in this process");
    }
    return new RemoteRun(arguments, session).submit();
  }
}

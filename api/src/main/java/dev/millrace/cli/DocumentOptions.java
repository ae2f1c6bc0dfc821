package dev.millrace.cli;

import dev.millrace.cli.Syntax.Option;
import dev.millrace.cli.Syntax.Positional;
import dev.millrace.json.JsonValue;
import dev.millrace.plan.Plan;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** What all commands about a document take. */
final class DocumentOptions {
  static final Positional FILE = Positional.required("FILE", "the pipeline document");

  static final Option PARAM =
      Option.values("--param", "NAME=VALUE", "a parameter; a file is given by its path");

  static final Option PARAMS_FILE =
      Option.value("--params-file", "FILE", "parameters as a JSON object");

  private DocumentOptions() {}

  /** Finds everything that is wrong with the document that the arguments name. */
  static Document.Checked check(Document document, Arguments arguments, Session session)
      throws Refusal, IOException {
    Map<String, String> typed = arguments.pairs("--param");
    Map<String, JsonValue> values =
        new HashMap<>(Document.params(session, arguments.get("--params-file")));
    // What is typed is meant to differ from what the file says.
    values.keySet().removeAll(typed.keySet());
    return document.check(typed, values);
  }

  /** Returns the plan of the document that the arguments name, or refuses with all problems. */
  static Plan plan(Document document, Arguments arguments, Session session)
      throws Refusal, IOException {
    return switch (check(document, arguments, session)) {
      case Document.Good(Plan plan) -> plan;
      case Document.Bad(var problems) -> throw Refusal.badInput(document.lines(problems));
    };
  }
}

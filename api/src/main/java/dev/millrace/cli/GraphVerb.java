package dev.millrace.cli;

import dev.millrace.cli.Syntax.Option;
import dev.millrace.plan.Plan;
import dev.millrace.plan.PlanGraph;
import java.io.IOException;
import java.util.List;

/** Draws a pipeline. */
final class GraphVerb implements Verb {

  @Override
  public Syntax syntax() {
    return new Syntax(
        "graph",
        "Draws the steps of a pipeline and what they take from each other.",
        List.of(DocumentOptions.FILE),
        List.of(
            DocumentOptions.PARAM,
            DocumentOptions.PARAMS_FILE,
            Option.value("--format", "FORMAT", "text (default) or mermaid")));
  }

  @Override
  public int execute(Arguments arguments, Session session) throws Refusal, IOException {
    Document document = Document.read(session, arguments.positionals().getFirst());
    Plan plan = DocumentOptions.plan(document, arguments, session);
    String format = arguments.get("--format");
    String drawing =
        switch (format == null ? "text" : format) {
          case "text" -> PlanGraph.text(plan);
          case "mermaid" -> PlanGraph.mermaid(plan);
          default ->
              throw Refusal.badInput("--format must be text or mermaid, not \"" + format + '"');
        };
    session.printer().line(drawing.stripTrailing());
    return ExitCode.OK;
  }
}

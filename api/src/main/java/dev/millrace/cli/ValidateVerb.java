package dev.millrace.cli;

import dev.millrace.cli.Syntax.Option;
import dev.millrace.json.CanonicalWriter;
import dev.millrace.json.Position;
import dev.millrace.pipeline.Problem;
import dev.millrace.plan.Plan;
import java.io.IOException;
import java.util.List;

/** Says everything that is wrong with a document. */
final class ValidateVerb implements Verb {

  @Override
  public Syntax syntax() {
    return new Syntax(
        "validate",
        "Finds everything that is wrong with a document, without running it.",
        List.of(DocumentOptions.FILE),
        List.of(
            DocumentOptions.PARAM,
            DocumentOptions.PARAMS_FILE,
            Option.flag("--json", "write one JSON object a problem, and one for the result")));
  }

  @Override
  public int execute(Arguments arguments, Session session) throws Refusal, IOException {
    Document document = Document.read(session, arguments.positionals().getFirst());
    Document.Checked checked = DocumentOptions.check(document, arguments, session);
    boolean json = arguments.has("--json");
    return switch (checked) {
      case Document.Good(Plan plan) -> {
        session.printer().line(json ? valid(plan) : sentence(document, plan));
        yield ExitCode.OK;
      }
      case Document.Bad(List<Problem> problems) -> {
        if (json) {
          problems.forEach(problem -> session.printer().line(line(problem)));
          yield ExitCode.BAD_INPUT;
        }
        throw Refusal.badInput(document.lines(problems));
      }
    };
  }

  private static String sentence(Document document, Plan plan) {
    return document.shown()
        + " is valid: "
        + Amounts.count(plan.steps().size(), "step", "steps")
        + ", "
        + Amounts.tasks(plan.knownTasks())
        + (isOpen(plan) ? " and those known only in the run" : "");
  }

  private static boolean isOpen(Plan plan) {
    for (int step = 0; step < plan.steps().size(); step++) {
      if (plan.tasks(step) == null) {
        return true;
      }
    }
    return false;
  }

  private static String valid(Plan plan) {
    CanonicalWriter json = new CanonicalWriter().beginObject();
    json.name("open").value(isOpen(plan)).name("pipeline").value(plan.pipeline().name());
    json.name("steps").value(plan.steps().size()).name("tasks").value(plan.knownTasks());
    return json.name("type").value("valid").endObject().toText();
  }

  private static String line(Problem problem) {
    Position position = problem.position();
    CanonicalWriter json = new CanonicalWriter().beginObject().name("code").value(problem.code());
    if (position != null) {
      json.name("column").value(position.column()).name("line").value(position.line());
    }
    json.name("message").value(problem.message()).name("pointer").value(problem.pointer());
    return json.name("type").value("problem").endObject().toText();
  }
}

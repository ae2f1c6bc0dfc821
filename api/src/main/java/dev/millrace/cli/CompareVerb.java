package dev.millrace.cli;

import dev.millrace.cli.Comparison.Row;
import dev.millrace.cli.Syntax.Option;
import dev.millrace.cli.Syntax.Positional;
import dev.millrace.runtime.RunHistory;
import dev.millrace.runtime.RunReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Sets metrics side by side: of the tasks of a run, or of several runs. */
final class CompareVerb implements Verb {

  @Override
  public Syntax syntax() {
    return new Syntax(
        "compare",
        "Shows the metrics of tasks of one run, or of several runs, as a table.",
        List.of(new Positional("RUN", "the runs (default: the latest)", 0, Integer.MAX_VALUE)),
        List.of(
            Option.value("--step", "STEP", "only tasks of that step"),
            Option.value("--metric", "METRIC", "sort by that metric, and show only rows with it"),
            Option.flag("--ascending", "the smallest first"),
            Past.STATE,
            Past.SERVER,
            Past.TOKEN_FILE,
            Past.CA,
            Past.JSON));
  }

  @Override
  public int execute(Arguments arguments, Session session) throws Refusal, IOException {
    List<String> named = new ArrayList<>(arguments.positionals());
    if (named.isEmpty()) {
      named.add("latest");
    }
    Comparison comparison = new Comparison(arguments.get("--step"), named.size() > 1);
    try (RunReader archive = Past.open(arguments, session)) {
      for (String run : named) {
        RunHistory history = archive.read(Past.run(archive, run));
        comparison.add(history);
      }
    }
    List<String> others = arguments.has("--json") ? List.of() : comparison.narrow();
    List<Row> rows = comparison.sorted(arguments.get("--metric"), arguments.has("--ascending"));
    if (arguments.has("--json")) {
      rows.forEach(row -> session.printer().line(row.json()));
    } else {
      comparison.table(rows).print(session.printer());
      if (!others.isEmpty()) {
        session.printer().line("");
        session.printer().line("--step shows others: " + String.join(", ", others));
      }
    }
    return ExitCode.OK;
  }
}

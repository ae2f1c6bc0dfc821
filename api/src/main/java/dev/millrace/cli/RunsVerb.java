package dev.millrace.cli;

import dev.millrace.cli.Syntax.Option;
import dev.millrace.journal.RunQuery;
import dev.millrace.journal.RunRecord;
import dev.millrace.json.JsonNumber;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonReader;
import dev.millrace.runtime.RunReader;
import dev.millrace.wire.RunJson;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Lists runs. */
final class RunsVerb implements Verb {
  private static final int USUAL = 20;

  @Override
  public Syntax syntax() {
    return new Syntax(
        "runs",
        "Lists runs, newest first.",
        List.of(),
        List.of(
            Option.value("--pipeline", "NAME", "only runs of that pipeline"),
            Option.value("--status", "STATUS", "running, succeeded, failed or cancelled"),
            Option.values("--label", "NAME=VALUE", "only runs with that label"),
            Option.value("--limit", "N", "at most so many (default " + USUAL + ")"),
            Past.STATE,
            Past.SERVER,
            Past.TOKEN_FILE,
            Past.CA,
            Past.JSON));
  }

  @Override
  public int execute(Arguments arguments, Session session) throws Refusal, IOException {
    Integer limit = arguments.count("--limit");
    RunQuery query =
        new RunQuery(
            arguments.get("--pipeline"),
            arguments.get("--status"),
            arguments.pairs("--label"),
            null,
            limit == null ? USUAL : limit);
    try (RunReader archive = Past.open(arguments, session)) {
      List<RunRecord> runs = archive.list(query);
      if (arguments.has("--json")) {
        runs.forEach(run -> session.printer().line(RunJson.text(run)));
      } else if (runs.isEmpty()) {
        session.printer().line("no such runs");
      } else {
        table(runs).print(session.printer());
      }
    }
    return ExitCode.OK;
  }

  private static Table table(List<RunRecord> runs) {
    LocalTimes times = new LocalTimes();
    Table table =
        new Table(
            List.of("RUN", "PIPELINE", "STATUS", "STARTED", "TOOK", "TASKS", "CACHED", "LABELS"));
    for (RunRecord run : runs) {
      JsonObject counts = (JsonObject) JsonReader.read(run.summary().counts());
      table.add(
          List.of(
              run.id(),
              run.pipeline(),
              run.summary().status(),
              times.dateAndTime(run.submitted().toEpochMilli()),
              took(run),
              Long.toString(tasks(counts)),
              Long.toString(number(counts, "cached")),
              labels(run.labels())));
    }
    return table;
  }

  private static long tasks(JsonObject counts) {
    long all = 0;
    for (String name : counts.members().keySet()) {
      all += name.equals("cached") ? 0 : number(counts, name);
    }
    return all;
  }

  private static long number(JsonObject counts, String name) {
    return counts.get(name) instanceof JsonNumber number ? number.asLong() : 0;
  }

  static String took(RunRecord run) {
    Instant finished = run.summary().finished();
    return finished == null
        ? "-"
        : Amounts.duration(finished.toEpochMilli() - run.submitted().toEpochMilli());
  }

  static String labels(Map<String, String> labels) {
    List<String> pairs = new ArrayList<>();
    new TreeMap<>(labels)
        .forEach(
            (name, value) -> {
              // A number that a client made up says nothing to people.
              if (!name.equals("idempotency-key")) {
                pairs.add(name + "=" + value);
              }
            });
    return String.join(" ", pairs);
  }
}

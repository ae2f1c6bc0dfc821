package dev.millrace.cli;

import dev.millrace.cli.RunSummary.FailedTask;
import dev.millrace.cli.RunSummary.Output;
import dev.millrace.json.CanonicalWriter;
import dev.millrace.run.RunEvent;
import dev.millrace.run.RunEventCodec;
import dev.millrace.wire.EventJson;
import dev.millrace.wire.ResultJson;
import java.util.Comparator;
import java.util.List;

/**
 * A JSON object on a line of its own for each fact of a run, and a last one of type {@code
 * summary}, for programs. Every event has {@code run}, {@code sequence}, {@code at} (milliseconds
 * since the epoch) and {@code type}; those about a task have its name as {@code task}.
 */
final class JsonDisplay implements RunDisplay {
  private static final long PATIENCE_MILLIS = 1000;

  private final Printer printer;
  private final CanonicalWriter json = new CanonicalWriter();
  private String run = "";

  JsonDisplay(Printer printer) {
    this.printer = printer;
  }

  @Override
  public void begin(RunStart start) {
    run = start.run();
    json.reset().beginObject().name("continued").value(start.continued());
    json.name("finished").value(start.finished());
    json.name("pipeline").value(start.pipeline()).name("run").value(run);
    json.name("tasks").value(start.tasks()).name("type").value("run");
    write();
  }

  @Override
  public long patienceMillis() {
    return PATIENCE_MILLIS;
  }

  @Override
  public void show(Progress progress, List<RunNews> news) {
    for (RunNews item : news) {
      show(item);
    }
    printer.flush();
  }

  private void show(RunNews news) {
    RunEvent event = news.fact().event();
    json.reset().beginObject().name("at").value(news.fact().atMillis());
    EventJson.details(json, event);
    json.name("run").value(run).name("sequence").value(news.fact().sequence());
    if (!news.name().isEmpty()) {
      json.name(event instanceof RunEvent.StepExpanded ? "step" : "task").value(news.name());
    }
    json.name("type").value(RunEventCodec.type(event));
    EventJson.reasons(json, event);
    write();
  }

  @Override
  public void trouble(String message) {
    json.reset().beginObject().name("message").value(message).name("run").value(run);
    json.name("type").value("trouble");
    write();
  }

  @Override
  public void end() {}

  @Override
  public void summary(RunSummary summary) {
    json.reset().beginObject().name("differed").value(summary.progress().differed());
    json.name("failures").beginArray();
    for (FailedTask failed : summary.failures()) {
      json.beginObject().name("attempt").value(failed.attempt());
      ResultJson.failure(json, failed.failure());
      json.name("task").value(failed.task()).endObject();
    }
    json.endArray().name("milliseconds").value(summary.wallMillis());
    json.name("outputs").beginObject();
    summary.outputs().stream().sorted(Comparator.comparing(Output::name)).forEach(this::output);
    json.endObject().name("run").value(summary.run());
    json.name("status").value(summary.status().label());
    Progress progress = summary.progress();
    json.name("tasks").beginObject().name("all").value(progress.tasks());
    json.name("cached").value(progress.cached());
    json.name("cancelled").value(progress.cancelled());
    json.name("failed").value(progress.failed());
    json.name("run").value(progress.ran());
    json.name("skipped").value(progress.skipped()).endObject();
    json.name("type").value("summary");
    write();
    printer.flush();
  }

  private void output(Output output) {
    json.name(output.name()).beginObject();
    json.name("digest").value(output.artifact().digest().text());
    json.name("kind").value(output.artifact().kind().label());
    if (output.path() != null) {
      json.name("path").value(output.path().toString());
    }
    json.name("size").value(output.artifact().digest().size()).endObject();
  }

  private void write() {
    printer.raw(json.endObject().toText());
    printer.line("");
  }
}

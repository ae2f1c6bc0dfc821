package dev.millrace.cli;

import dev.millrace.cache.ExplanationCodec;
import dev.millrace.cli.RunSummary.FailedTask;
import dev.millrace.cli.RunSummary.Output;
import dev.millrace.json.CanonicalWriter;
import dev.millrace.run.RunEvent;
import dev.millrace.run.RunEventCodec;
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
    details(event);
    json.name("run").value(run).name("sequence").value(news.fact().sequence());
    if (!news.name().isEmpty()) {
      json.name(event instanceof RunEvent.StepExpanded ? "step" : "task").value(news.name());
    }
    json.name("type").value(RunEventCodec.type(event));
    if (event instanceof RunEvent.TaskCached cached) {
      ExplanationCodec.write(json.name("why"), cached.why());
    } else if (event instanceof RunEvent.TaskQueued queued) {
      ExplanationCodec.write(json.name("why"), queued.why());
    } else if (event instanceof RunEvent.ApprovalRequested requested) {
      ExplanationCodec.write(json.name("why"), requested.why());
    } else if (event instanceof RunEvent.AttemptStarted started) {
      json.name("worker").value(started.worker());
    }
    write();
  }

  /** Writes the members whose names come before {@code run}. */
  private void details(RunEvent event) {
    switch (event) {
      case RunEvent.RunAccepted _, RunEvent.TaskReconsidered _, RunEvent.RetryDue _ -> {}
      case RunEvent.StepExpanded(_, var items) -> {
        if (items != null) {
          json.name("items").value(items);
        }
      }
      case RunEvent.TaskCached(_, var key, var result, _) -> {
        json.name("key").value(key.digest().text());
        ResultJson.result(json, result);
      }
      case RunEvent.TaskQueued(_, var key, _) -> json.name("key").value(key.digest().text());
      case RunEvent.ApprovalRequested(_, var key, _) -> json.name("key").value(key.digest().text());
      case RunEvent.TaskApproved(_, var by, var comment) ->
          json.name("by").value(by).name("comment").value(comment);
      case RunEvent.TaskRejected(_, var by, var comment) ->
          json.name("by").value(by).name("comment").value(comment);
      case RunEvent.ResultDiffered differed -> ResultJson.difference(json, differed);
      case RunEvent.AttemptStarted(_, var attempt, _) -> json.name("attempt").value(attempt);
      case RunEvent.AttemptSucceeded(_, var attempt, var result) -> {
        json.name("attempt").value(attempt);
        ResultJson.result(json, result);
      }
      case RunEvent.AttemptFailed(_, var attempt, var failure, var retryAt) -> {
        json.name("attempt").value(attempt);
        ResultJson.failure(json, failure);
        if (retryAt != null) {
          json.name("retryAt").value(retryAt.longValue());
        }
      }
      case RunEvent.TaskSkipped(_, var cause) -> json.name("cause").value(cause.label());
      case RunEvent.TaskFailed(_, var failure) -> ResultJson.failure(json, failure);
      case RunEvent.AttemptCancelled(_, var attempt) -> json.name("attempt").value(attempt);
      case RunEvent.InputsLost _ -> {}
      case RunEvent.CancelRequested(var force) -> json.name("force").value(force);
      case RunEvent.RunReopened(var by) -> json.name("by").value(by);
      case RunEvent.RunFinished(var status) -> json.name("result").value(status.label());
    }
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

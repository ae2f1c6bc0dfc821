package dev.millrace.cli;

import dev.millrace.cache.ActionKey;
import dev.millrace.cache.ActionResult;
import dev.millrace.content.Artifact;
import dev.millrace.json.CanonicalWriter;
import dev.millrace.run.Failure;
import dev.millrace.run.RunEvent;
import dev.millrace.run.TaskStatus;
import dev.millrace.runtime.RunHistory;
import dev.millrace.runtime.RunHistory.Approval;
import dev.millrace.runtime.RunHistory.AttemptHistory;
import dev.millrace.runtime.RunHistory.TaskHistory;
import dev.millrace.wire.TaskJson;
import java.util.List;

/** Shows tasks of past runs in full. */
final class TaskShow {
  private final RunHistory history;
  private final Printer printer;

  TaskShow(RunHistory history, Printer printer) {
    this.history = history;
    this.printer = printer;
  }

  /** Returns how long the last attempt took, or {@code -} where there was none. */
  static String took(TaskHistory task) {
    if (task.attempts().isEmpty() || task.attempts().getLast().endedAtMillis() == 0) {
      return "-";
    }
    AttemptHistory last = task.attempts().getLast();
    return Amounts.duration(last.endedAtMillis() - last.startedAtMillis());
  }

  /** Returns a line of a table of artifacts. */
  static List<String> cells(String name, Artifact artifact) {
    String size =
        artifact.kind() == Artifact.Kind.TREE ? "-" : Amounts.bytes(artifact.digest().size());
    return List.of(name, artifact.kind().label(), size, artifact.digest().text());
  }

  void detail(int task) {
    TaskHistory told = history.task(task);
    TaskStatus status = history.view().taskStatus(task);
    String name = history.view().taskName(task);
    printer.line("task      " + name);
    printer.line("run       " + history.record().id());
    String note = TaskText.note(status);
    printer.line("status    " + TaskText.status(status) + (note.isEmpty() ? "" : ": " + note));
    ActionKey key = told.key();
    if (key != null) {
      printer.line("action    sha256:" + key.hex());
      printer.line("why       it " + TaskText.why(told.why()));
    }
    Approval approval = told.approval();
    if (approval != null) {
      printer.line("approved  " + approval(approval));
    }
    RunEvent.ResultDiffered difference = told.difference();
    if (difference != null) {
      printer.line("differs   it " + TaskText.differs(difference));
    }
    if (!told.attempts().isEmpty()) {
      printer.line("");
      attempts(told);
    }
    ActionResult result = history.result(task);
    if (result != null) {
      result(result);
    }
    printer.line("");
    printer.line(
        "what it wrote: millrace logs " + history.record().id() + " " + SummaryText.quoted(name));
  }

  private static String approval(Approval approval) {
    String comment = approval.comment().isEmpty() ? "" : ": " + approval.comment();
    return new LocalTimes().dateAndTime(approval.atMillis()) + " by " + approval.by() + comment;
  }

  private void attempts(TaskHistory told) {
    LocalTimes times = new LocalTimes();
    Table table = new Table(List.of("ATTEMPT", "STARTED", "TOOK", "WORKER", ""));
    for (AttemptHistory attempt : told.attempts()) {
      long end = attempt.endedAtMillis();
      Failure failure = attempt.failure();
      table.add(
          List.of(
              Integer.toString(attempt.number()),
              times.dateAndTime(attempt.startedAtMillis()),
              end == 0 ? "-" : Amounts.duration(end - attempt.startedAtMillis()),
              attempt.worker(),
              failure == null ? "" : failure.kind().label() + ": " + failure.message()));
    }
    table.print(printer);
  }

  private void result(ActionResult result) {
    printer.line("");
    printer.line("made by   " + TaskText.maker(result.producer()));
    StringBuilder used = new StringBuilder("used      ");
    used.append(Amounts.duration(result.usage().wallMillis()));
    if (result.usage().cpuMillis() >= 0) {
      used.append(", ").append(Amounts.duration(result.usage().cpuMillis())).append(" of CPU");
    }
    if (result.usage().maxRssBytes() >= 0) {
      used.append(", ").append(Amounts.bytes(result.usage().maxRssBytes())).append(" of memory");
    }
    printer.line(used.toString());
    result
        .metrics()
        .forEach((name, value) -> printer.line("metric    " + name + " = " + number(value)));
    if (!result.outputs().isEmpty()) {
      printer.line("");
      Table table = new Table(List.of("OUTPUT", "KIND", "SIZE", "DIGEST"));
      result.outputs().forEach((name, artifact) -> table.add(cells(name, artifact)));
      table.print(printer);
    }
  }

  /** Returns a number as JSON has it. */
  static String number(double value) {
    return new CanonicalWriter().value(value).toText();
  }

  void jsonOfAll() {
    for (int task : history.view().taskNumbers()) {
      if (printer.isClosed()) {
        return;
      }
      json(task);
    }
  }

  void json(int task) {
    printer.line(TaskJson.text(history, task));
  }
}

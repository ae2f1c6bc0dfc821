package dev.millrace.cli;

import dev.millrace.cli.Syntax.Option;
import dev.millrace.content.Artifact;
import dev.millrace.json.JsonText;
import dev.millrace.run.TaskPhase;
import dev.millrace.run.TaskStatus;
import dev.millrace.runtime.RunHistory;
import dev.millrace.runtime.RunReader;
import dev.millrace.runtime.RunView;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Shows a run, or one task of it. */
final class ShowVerb implements Verb {
  private static final int MANY = 100;

  @Override
  public Syntax syntax() {
    return new Syntax(
        "show",
        "Shows a run: what was asked, how it stands, and its tasks.",
        List.of(Past.RUN),
        List.of(
            Option.value("--task", "TASK", "everything about one task"),
            Option.flag("--all", "every task, even of a large run"),
            Past.STATE,
            Past.SERVER,
            Past.TOKEN_FILE,
            Past.CA,
            Past.JSON));
  }

  @Override
  public int execute(Arguments arguments, Session session) throws Refusal, IOException {
    try (RunReader archive = Past.open(arguments, session)) {
      RunHistory history = archive.read(Past.run(archive, arguments.positional(0)));
      String named = arguments.get("--task");
      boolean json = arguments.has("--json");
      TaskShow tasks = new TaskShow(history, session.printer());
      if (named != null) {
        int task = Past.task(history, named);
        if (json) {
          tasks.json(task);
        } else {
          tasks.detail(task);
        }
      } else if (json) {
        tasks.jsonOfAll();
      } else {
        header(history, session.printer());
        tasks(history, arguments.has("--all"), session.printer());
        outputs(archive.outputs(history), session.printer());
      }
    }
    return ExitCode.OK;
  }

  private static void header(RunHistory history, Printer printer) {
    RunView view = history.view();
    printer.line("run       " + view.id());
    printer.line("pipeline  " + history.record().pipeline());
    printer.line("status    " + view.status().label());
    long submitted = history.record().submitted().toEpochMilli();
    printer.line("started   " + new LocalTimes().dateAndTime(submitted));
    printer.line("took      " + RunsVerb.took(history.record()));
    Map<String, String> labels = history.record().labels();
    if (!labels.isEmpty()) {
      printer.line("labels    " + RunsVerb.labels(labels));
    }
    List<String> params = new ArrayList<>();
    view.plan()
        .params()
        .members()
        .forEach((name, value) -> params.add(name + "=" + JsonText.compact(value)));
    if (!params.isEmpty()) {
      printer.line("params    " + String.join(" ", params));
    }
    StringBuilder counts = new StringBuilder("tasks     ").append(view.tasks());
    for (TaskPhase phase : TaskPhase.values()) {
      if (view.count(phase) > 0 && phase != TaskPhase.RETIRED) {
        counts.append(", ").append(view.count(phase)).append(' ').append(phase.label());
      }
    }
    printer.line(counts + ", " + view.cached() + " of them from the cache");
    if (view.differed() > 0) {
      printer.line(
          "differ    "
              + Amounts.count(view.differed(), "result", "results")
              + ", from the recorded ones: millrace explain "
              + view.id());
    }
    printer.line("");
  }

  private static void tasks(RunHistory history, boolean all, Printer printer) {
    RunView view = history.view();
    boolean some = view.tasks() > MANY && !all;
    Table table = new Table(List.of("TASK", "STATUS", "TOOK", "ATTEMPTS", ""));
    for (int task : view.taskNumbers()) {
      TaskStatus status = view.taskStatus(task);
      boolean ordinary =
          status instanceof TaskStatus.Succeeded
              || (!status.phase().settled() && !(status instanceof TaskStatus.Held));
      if (some && ordinary) {
        continue;
      }
      table.add(
          List.of(
              view.taskName(task),
              TaskText.status(status),
              TaskShow.took(history.task(task)),
              Integer.toString(view.attempts(task)),
              TaskText.note(status)));
    }
    if (some) {
      printer.line("Only tasks that did not succeed or wait for approval; all of them: --all");
    }
    table.print(printer);
    if (view.count(TaskPhase.HELD) > 0) {
      printer.line("");
      printer.line("to let a held task run: millrace approve " + view.id() + " TASK");
    }
  }

  private static void outputs(Map<String, Artifact> outputs, Printer printer) {
    if (outputs.isEmpty()) {
      return;
    }
    printer.line("");
    Table table = new Table(List.of("OUTPUT", "KIND", "SIZE", "DIGEST"));
    outputs.forEach((name, artifact) -> table.add(TaskShow.cells(name, artifact)));
    table.print(printer);
  }
}

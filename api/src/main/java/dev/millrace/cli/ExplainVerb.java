package dev.millrace.cli;

import dev.millrace.cache.Explanation;
import dev.millrace.cache.Explanation.Change;
import dev.millrace.cli.Syntax.Positional;
import dev.millrace.journal.RunRecord;
import dev.millrace.run.RunEvent;
import dev.millrace.run.TaskStatus;
import dev.millrace.runtime.RunHistory;
import dev.millrace.runtime.RunHistory.TaskHistory;
import dev.millrace.runtime.RunReader;
import dev.millrace.wire.ExplainJson;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Says why tasks ran, or why they did not have to. */
final class ExplainVerb implements Verb {
  private static final int SIDE_BY_SIDE = 40;

  @Override
  public Syntax syntax() {
    return new Syntax(
        "explain",
        "Says why each task of a run ran, or whose result it took.",
        List.of(Past.RUN, Positional.optional("TASK", "one task, such as 'train[depth=4]'")),
        List.of(Past.STATE, Past.SERVER, Past.TOKEN_FILE, Past.CA, Past.JSON));
  }

  @Override
  public int execute(Arguments arguments, Session session) throws Refusal, IOException {
    try (RunReader archive = Past.open(arguments, session)) {
      String first = arguments.positional(0);
      String task = arguments.positional(1);
      boolean firstIsTask = first != null && task == null && archive.find(first).isEmpty();
      RunRecord run = Past.run(archive, firstIsTask ? null : first);
      RunHistory history = archive.read(run);
      String named = firstIsTask ? first : task;
      Printer printer = session.printer();
      if (named != null) {
        int number = Past.task(history, named);
        if (arguments.has("--json")) {
          printer.line(ExplainJson.text(history, number));
        } else {
          detail(history, number, printer);
        }
        return ExitCode.OK;
      }
      for (int number : history.view().taskNumbers()) {
        if (printer.isClosed()) {
          break;
        }
        printer.line(
            arguments.has("--json")
                ? ExplainJson.text(history, number)
                : sentence(history, number));
      }
    }
    return ExitCode.OK;
  }

  private static String sentence(RunHistory history, int task) {
    TaskStatus status = history.view().taskStatus(task);
    Explanation why = history.task(task).why();
    String name = history.view().taskName(task);
    return switch (status) {
      case TaskStatus.Skipped(var cause) -> name + " was skipped: " + PlainDisplay.reason(cause);
      case TaskStatus.Waiting _,
          TaskStatus.Ready _,
          TaskStatus.Held _,
          TaskStatus.Queued _,
          TaskStatus.Running _,
          TaskStatus.Backoff _,
          TaskStatus.Succeeded _,
          TaskStatus.Failed _,
          TaskStatus.Cancelled _,
          TaskStatus.Retired _ ->
          name + " " + TaskText.why(why) + difference(history.task(task));
    };
  }

  private static String difference(TaskHistory task) {
    RunEvent.ResultDiffered difference = task.difference();
    return difference == null ? "" : "; it " + TaskText.differs(difference);
  }

  private static void detail(RunHistory history, int task, Printer printer) {
    printer.line(sentence(history, task));
    if (history.task(task).why() instanceof Explanation.Changed(var since, var changes)) {
      printer.line("compared with " + TaskText.maker(since) + ":");
      for (Change change : changes) {
        change(change, printer);
      }
    }
    if (history.task(task).why() instanceof Explanation.Incomplete(_, var missing)) {
      missing.forEach(digest -> printer.line("  gone: " + digest.text()));
    }
  }

  private static void change(Change change, Printer printer) {
    String before = shown(change.before());
    String after = shown(change.after());
    if (before.length() + after.length() <= SIDE_BY_SIDE * 2
        && !before.contains("\n")
        && !after.contains("\n")) {
      printer.line("  " + change.field() + ": " + before + " -> " + after);
      return;
    }
    printer.line("  " + change.field() + ":");
    before.lines().forEach(line -> printer.line("    - " + line));
    after.lines().forEach(line -> printer.line("    + " + line));
  }

  private static String shown(@Nullable String value) {
    return value == null ? "(not there)" : value.isEmpty() ? "(empty)" : value;
  }
}

package dev.millrace.cli;

import dev.millrace.cli.Printer.Style;
import dev.millrace.cli.RunSummary.FailedTask;
import dev.millrace.cli.RunSummary.Output;
import dev.millrace.run.FailureKind;
import dev.millrace.run.RunStatus;
import java.nio.file.Path;

/** How a run begins and ends, for people. */
final class SummaryText {
  /** Failures are shown with what the tasks wrote; of more than these only the number is told. */
  static final int FAILURES = 5;

  private final Session session;
  private final Printer printer;
  private final String where;
  private String run = "";

  /**
   * @param where what has to be added to commands about the run that are given here
   */
  SummaryText(Session session, String where) {
    this.session = session;
    printer = session.printer();
    this.where = where;
  }

  void begin(RunStart start) {
    run = start.run();
    if (start.continued()) {
      printer.line(
          "continuing run "
              + start.run()
              + " of "
              + start.pipeline()
              + ", "
              + Amounts.grouped(start.finished())
              + " of "
              + Amounts.tasks(start.tasks())
              + " had finished");
    } else {
      printer.line("run " + start.run() + " of " + start.pipeline());
    }
  }

  /** Returns what is said of a held task, after its name. */
  String waitsForApproval(String task) {
    return "waits for approval: millrace approve " + run + " " + quoted(task) + where;
  }

  void end(RunSummary summary) {
    int shown = 0;
    for (FailedTask failure : summary.failures()) {
      if (shown++ < FAILURES) {
        failure(summary, failure);
      }
    }
    if (summary.progress().failed() > FAILURES) {
      printer.line("");
      printer.line(
          "and "
              + Amounts.grouped(summary.progress().failed() - FAILURES)
              + " more failed; all of them: millrace show "
              + summary.run()
              + where);
    }
    if (!summary.failures().isEmpty()) {
      printer.line("");
    }
    status(summary);
    differences(summary);
    for (Output output : summary.outputs()) {
      output(output);
    }
    printer.flush();
  }

  private void status(RunSummary summary) {
    Progress progress = summary.progress();
    Style style =
        switch (summary.status()) {
          case SUCCEEDED -> Style.GOOD;
          case FAILED -> Style.BAD;
          case CANCELLED, RUNNING -> Style.STRONG;
        };
    String time = " in " + Amounts.duration(summary.wallMillis());
    if (summary.isAllCached()) {
      StringBuilder all = new StringBuilder(time).append("; nothing changed: ");
      int cached = progress.cached();
      all.append(cached == 1 ? "the task" : "all " + Amounts.tasks(cached));
      all.append(" came from the cache");
      add(all, progress.skipped(), "skipped");
      printer.line(style, summary.status().label(), all.toString());
      return;
    }
    StringBuilder counts = new StringBuilder(time).append(": ");
    counts.append(Amounts.tasks(progress.ran())).append(" run");
    add(counts, progress.cached(), "from the cache");
    add(counts, progress.skipped(), "skipped");
    add(counts, progress.failed(), "failed");
    add(counts, progress.cancelled(), "cancelled");
    printer.line(style, summary.status().label(), counts.toString());
    if (summary.status() == RunStatus.CANCELLED) {
      printer.line("what had finished is kept; the same command goes on from there");
    }
  }

  private void differences(RunSummary summary) {
    int differed = summary.progress().differed();
    if (differed > 0) {
      printer.line(
          Amounts.count(differed, "result differs", "results differ")
              + " from the recorded "
              + (differed == 1 ? "one" : "ones")
              + ": millrace explain "
              + summary.run()
              + where);
    }
  }

  private static void add(StringBuilder counts, int number, String what) {
    if (number > 0) {
      counts.append(", ").append(Amounts.grouped(number)).append(' ').append(what);
    }
  }

  private void output(Output output) {
    Path path = output.path();
    String place = path == null ? output.artifact().digest().abbreviated() : session.shown(path);
    printer.line(output.name() + ": " + place);
    if (output.content() != null) {
      printer.line("  " + output.content());
    }
  }

  private void failure(RunSummary summary, FailedTask failed) {
    printer.line("");
    StringBuilder what = new StringBuilder(" failed");
    if (failed.failure().kind() != FailureKind.USER) {
      what.append(" (").append(failed.failure().kind().label()).append(')');
    }
    if (failed.attempt() > 1) {
      what.append(" at attempt ").append(failed.attempt());
    }
    what.append(": ").append(failed.failure().message());
    printer.line(Style.BAD, failed.task(), what.toString());
    for (String line : failed.tail()) {
      printer.line("  | " + line);
    }
    if (failed.attempt() > 0) {
      printer.line(
          "  all it wrote: millrace logs " + summary.run() + " " + quoted(failed.task()) + where);
    }
  }

  /** Returns a task's name as a shell takes it. */
  static String quoted(String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (!Character.isLetterOrDigit(c) && "_-.,:/=@%+".indexOf(c) < 0) {
        return "'" + name.replace("'", "'\\''") + "'";
      }
    }
    return name;
  }
}

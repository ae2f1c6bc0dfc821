package dev.millrace.cli;

import dev.millrace.cache.ActionResult;
import dev.millrace.cli.Syntax.Option;
import dev.millrace.cli.Syntax.Positional;
import dev.millrace.content.MissingBlobException;
import dev.millrace.digest.Digest;
import dev.millrace.run.Failure;
import dev.millrace.run.TaskStatus;
import dev.millrace.runtime.RunArchive;
import dev.millrace.runtime.RunHistory;
import dev.millrace.runtime.RunHistory.AttemptHistory;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes what a task wrote, byte for byte. */
final class LogsVerb implements Verb {

  @Override
  public Syntax syntax() {
    return new Syntax(
        "logs",
        "Writes what a task wrote to stdout and stderr.",
        List.of(
            new Positional("RUN TASK", "[RUN] TASK: a task, of the latest run by default", 1, 2)),
        List.of(
            Option.flag("--stdout", "only what it wrote to stdout"),
            Option.flag("--stderr", "only what it wrote to stderr"),
            Option.value("--attempt", "N", "an earlier attempt (default: the last)"),
            Past.STATE));
  }

  private record Texts(Digest stdout, Digest stderr) {}

  @Override
  public int execute(Arguments arguments, Session session) throws Refusal, IOException {
    try (RunArchive archive = Past.open(arguments, session)) {
      String second = arguments.positional(1);
      String run = second == null ? null : arguments.positional(0);
      String task = second == null ? arguments.positionals().getFirst() : second;
      RunHistory history = archive.read(Past.run(archive, run));
      int number = Past.task(history, task);
      Texts texts = texts(history, number, arguments.count("--attempt"));
      boolean both = arguments.has("--stdout") == arguments.has("--stderr");
      if (both || arguments.has("--stdout")) {
        copy(archive, texts.stdout, session.printer());
      }
      if (both && texts.stdout.size() > 0 && texts.stderr.size() > 0) {
        session.printer().line("---- stderr ----");
      }
      if (both || arguments.has("--stderr")) {
        copy(archive, texts.stderr, session.printer());
      }
    }
    return ExitCode.OK;
  }

  private static Texts texts(RunHistory history, int task, @Nullable Integer attempt)
      throws Refusal {
    List<AttemptHistory> attempts = history.task(task).attempts();
    TaskStatus status = history.view().taskStatus(task);
    ActionResult result = history.result(task);
    if (result != null && (attempt == null || attempt == attempts.size() || attempts.isEmpty())) {
      return new Texts(result.stdout(), result.stderr());
    }
    int wanted = attempt == null ? attempts.size() : attempt;
    for (AttemptHistory one : attempts) {
      Failure failure = one.failure();
      if (one.number() == wanted && failure != null) {
        return new Texts(failure.stdout(), failure.stderr());
      }
    }
    throw Refusal.badInput(
        "there is no log of "
            + history.view().taskName(task)
            + (attempt == null ? "" : ", attempt " + attempt)
            + ": it is "
            + TaskText.status(status)
            + " and has made "
            + Amounts.count(attempts.size(), "attempt", "attempts"));
  }

  private static void copy(RunArchive archive, Digest text, Printer printer)
      throws Refusal, IOException {
    try (InputStream in = archive.store().open(text)) {
      in.transferTo(printer.bytes());
    } catch (MissingBlobException e) {
      throw Refusal.cannotWork(
          "the log is gone from the store: " + e.getMessage(),
          "`millrace cache verify` finds what else is; running again makes it anew");
    }
    printer.flush();
  }
}

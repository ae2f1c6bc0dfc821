package dev.millrace.cli;

import dev.millrace.cli.Syntax.Option;
import dev.millrace.cli.Syntax.Positional;
import dev.millrace.journal.RunRecord;
import dev.millrace.pipeline.Nearest;
import dev.millrace.plan.Plan;
import dev.millrace.runtime.RunArchive;
import dev.millrace.runtime.RunHistory;
import dev.millrace.runtime.RunReader;
import dev.millrace.runtime.RunView;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Finds what reading commands are about: the state, a run in it, a task of that. */
final class Past {
  static final Option STATE =
      Option.value("--state", "DIR", "the state directory (default: the nearest .millrace)");

  static final Option SERVER =
      Option.value("--server", "URL", "a server instead of a state directory");

  static final Option TOKEN_FILE =
      Option.value("--token-file", "FILE", "what the server is shown; or MILLRACE_TOKEN");

  static final Option CA = Option.value("--ca", "FILE", "the certificates that are trusted, PEM");

  static final Option JSON = Option.flag("--json", "write JSON, one object a line");

  static final Positional RUN =
      Positional.optional("RUN", "a run: its id or an end of it (default: the latest)");

  static final Positional NAMED_RUN =
      Positional.required("RUN", "a run: its id, an end of it, or latest");

  private static final int TOLD = 10;

  private Past() {}

  /** Returns whether a command is about a server; a state directory that is named wins. */
  static boolean isRemote(Arguments arguments, Session session) throws Refusal {
    if (arguments.has("--server") && arguments.has("--state")) {
      throw Refusal.badInput("--server and --state name two places; keep one of them");
    }
    return arguments.has("--server")
        || (!arguments.has("--state")
            && !session.environment().getOrDefault("MILLRACE_SERVER", "").isEmpty());
  }

  /** Opens the runs that the arguments are about, of a server or of a state directory. */
  static RunReader open(Arguments arguments, Session session) throws Refusal, IOException {
    return isRemote(arguments, session)
        ? Remote.open(arguments, session)
        : archive(arguments, session);
  }

  /** Opens the state that the arguments are about. */
  static RunArchive archive(Arguments arguments, Session session) throws Refusal, IOException {
    Path state = Project.existingState(session, arguments);
    try {
      return RunArchive.open(state);
    } catch (NoSuchFileException e) {
      throw Refusal.badInput("nothing was run in " + session.shown(state) + " yet");
    }
  }

  /** Returns the run that is meant; the latest where none is named. */
  static RunRecord run(RunReader archive, @Nullable String named) throws Refusal, IOException {
    List<RunRecord> found = archive.find(named == null ? "latest" : named);
    if (found.isEmpty()) {
      throw Refusal.badInput(
          named == null ? "nothing was run yet" : "there is no run \"" + named + '"',
          "`millrace runs` lists them");
    }
    if (found.size() > 1) {
      List<String> ids = new ArrayList<>();
      for (RunRecord run : found.subList(0, Math.min(TOLD, found.size()))) {
        ids.add(run.id());
      }
      throw Refusal.badInput(
          "\"" + named + "\" may be any of " + found.size() + " runs; write more of it",
          "  " + String.join("\n  ", ids));
    }
    return found.getFirst();
  }

  /** Returns the number of the task that is meant. */
  static int task(RunHistory history, String named) throws Refusal {
    RunView view = history.view();
    OptionalInt found = view.findTask(named);
    if (found.isPresent()) {
      return found.getAsInt();
    }
    Plan plan = view.plan();
    List<String> ofStep = new ArrayList<>();
    List<String> all = new ArrayList<>();
    for (int task : view.taskNumbers()) {
      String name = view.taskName(task);
      all.add(name);
      if (plan.step(view.stepOf(task)).id().equals(named)) {
        ofStep.add(name);
      }
    }
    if (ofStep.isEmpty()) {
      throw Refusal.badInput(
          "run " + view.id() + " has no task \"" + named + '"' + Nearest.hint(named, all),
          "`millrace show " + view.id() + "` lists them");
    }
    List<String> lines = new ArrayList<>();
    lines.add("\"" + named + "\" has " + Amounts.tasks(ofStep.size()) + "; name one of them:");
    for (String name : ofStep.subList(0, Math.min(TOLD, ofStep.size()))) {
      lines.add("  " + SummaryText.quoted(name));
    }
    if (ofStep.size() > TOLD) {
      lines.add("  and " + (ofStep.size() - TOLD) + " more");
    }
    throw Refusal.badInput(lines);
  }
}

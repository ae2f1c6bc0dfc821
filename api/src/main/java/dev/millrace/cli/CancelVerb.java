package dev.millrace.cli;

import dev.millrace.cli.Syntax.Option;
import dev.millrace.journal.RunRecord;
import dev.millrace.journal.StateInUseException;
import dev.millrace.plan.Plan;
import dev.millrace.run.RunStatus;
import dev.millrace.run.RunWish;
import dev.millrace.runtime.Engine;
import dev.millrace.runtime.EngineConfig;
import dev.millrace.runtime.RunArchive;
import dev.millrace.runtime.RunHandle;
import dev.millrace.runtime.RunHistory;
import dev.millrace.runtime.SourceProvider;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Cancels a run, whether an engine drives it or not. */
final class CancelVerb implements Verb {

  @Override
  public Syntax syntax() {
    return new Syntax(
        "cancel",
        "Cancels a run that has not ended.",
        List.of(Past.NAMED_RUN),
        List.of(
            Option.flag("--force", "leave out the steps that run always, too"),
            Past.STATE,
            Past.SERVER,
            Past.TOKEN_FILE,
            Past.CA));
  }

  @Override
  public int execute(Arguments arguments, Session session) throws Refusal, IOException {
    if (Past.isRemote(arguments, session)) {
      return cancelThere(arguments, session);
    }
    Path state = Project.existingState(session, arguments);
    Asking asking = new Asking(state);
    try (RunArchive archive = Past.archive(arguments, session)) {
      RunRecord run = Past.run(archive, arguments.positional(0));
      refuseIfEnded(run);
      if (!asking.isEngineThere()) {
        try {
          return cancelHere(archive, run, arguments, session);
        } catch (StateInUseException e) {
          // Somebody was faster.
        }
      }
      asking.post(run.id(), new RunWish.Cancel(arguments.has("--force")));
      if (!asking.await()) {
        session
            .printer()
            .line("run " + run.id() + " is cancelled as soon as it goes on: no engine has it yet");
      } else if (Asking.until(() -> status(archive, run) != RunStatus.RUNNING)) {
        return tell(status(archive, run), run, session.printer());
      } else {
        session.printer().line(goesOnStopping(run));
      }
    }
    return ExitCode.OK;
  }

  private static int cancelThere(Arguments arguments, Session session) throws Refusal, IOException {
    try (Remote remote = Remote.open(arguments, session)) {
      RunRecord run = Past.run(remote, arguments.positional(0));
      refuseIfEnded(run);
      var _ = remote.client().cancel(run.id(), arguments.has("--force"));
      if (Asking.until(() -> remote.client().get(run.id()).hasEnded())) {
        RunStatus status = RunStatus.ofLabel(remote.client().get(run.id()).status());
        return tell(status, run, session.printer());
      }
      session.printer().line(goesOnStopping(run));
    }
    return ExitCode.OK;
  }

  private static void refuseIfEnded(RunRecord run) throws Refusal {
    if (run.summary().finished() != null) {
      throw Refusal.badInput(
          "run " + run.id() + " has ended: its status is " + run.summary().status());
    }
  }

  private static String goesOnStopping(RunRecord run) {
    return "run " + run.id() + " is being cancelled; its last steps still run";
  }

  private static RunStatus status(RunArchive archive, RunRecord run) {
    List<RunRecord> found = archive.find(run.id());
    return found.isEmpty()
        ? RunStatus.RUNNING
        : RunStatus.ofLabel(found.getFirst().summary().status());
  }

  /** With an engine of this process, which goes on with the run only to end it. */
  private static int cancelHere(
      RunArchive archive, RunRecord run, Arguments arguments, Session session)
      throws Refusal, IOException {
    RunHistory history = archive.read(run);
    Plan plan = history.view().plan();
    Path state = Project.existingState(session, arguments);
    Path folder = Project.folder(state, history.submission().folder());
    EngineConfig config = RunSettings.config(arguments, session, state);
    Installed executors = Installed.forPipeline(plan.pipeline());
    boolean force = arguments.has("--force");
    try (Engine engine = Engine.open(config, "cancel " + run.id(), executors.parts(state))) {
      RunFollower follower = new RunFollower();
      SourceProvider sources = Snapshot.again(folder, state, engine.trees());
      RunHandle handle = Following.takeUp(() -> engine.cancel(run.id(), force, sources, follower));
      RunDisplay display = new PlainDisplay(session, Project.option(session, state));
      try (Interrupts _ = new Interrupts(session.signals(), handle::cancel, display::end)) {
        var _ = follower.showTo(display, handle.done(), session.signals());
        RunStatus status = handle.done().toCompletableFuture().join().status();
        return tell(status, run, session.printer());
      }
    }
  }

  private static int tell(RunStatus status, RunRecord run, Printer printer) {
    if (status == RunStatus.CANCELLED) {
      printer.line("run " + run.id() + " is cancelled");
      return ExitCode.OK;
    }
    printer.problem("run " + run.id() + " had ended before: its status is " + status.label());
    return ExitCode.FAILED;
  }
}

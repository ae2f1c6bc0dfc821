package dev.millrace.cli;

import dev.millrace.journal.RunRecord;
import dev.millrace.plan.Plan;
import dev.millrace.run.RunStatus;
import dev.millrace.runtime.Engine;
import dev.millrace.runtime.EngineConfig;
import dev.millrace.runtime.RunArchive;
import dev.millrace.runtime.RunHandle;
import dev.millrace.runtime.RunHistory;
import dev.millrace.runtime.SourceProvider;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Goes on with a run that failed or was cancelled, under its id and with what it was given. */
final class RetryVerb implements Verb {

  @Override
  public Syntax syntax() {
    return new Syntax(
        "retry",
        "Tries again what failed in a run, or was cancelled.",
        List.of(Past.NAMED_RUN),
        List.of(
            RunSettings.OUT,
            Past.STATE,
            Past.SERVER,
            Past.TOKEN_FILE,
            Past.CA,
            RunSettings.JOBS,
            RunSettings.RESOURCE,
            RunSettings.KEEP_SANDBOX,
            RunSettings.SECRET,
            RunSettings.SECRET_FILE,
            RunSettings.JSON,
            RunSettings.PLAIN));
  }

  @Override
  public int execute(Arguments arguments, Session session) throws Refusal, IOException {
    if (Past.isRemote(arguments, session)) {
      return new RemoteRun(arguments, session).retry();
    }
    long begun = System.nanoTime();
    Path state = Project.existingState(session, arguments);
    RunRecord run;
    Plan plan;
    Path folder;
    try (RunArchive archive = Past.archive(arguments, session)) {
      run = Past.run(archive, arguments.positional(0));
      refuseIfSucceeded(run);
      RunHistory history = archive.read(run);
      plan = history.view().plan();
      folder = Project.folder(state, history.submission().folder());
    }
    Installed executors = Installed.forPipeline(plan.pipeline());
    OutputExport export = RunSettings.export(arguments, session, state, plan);
    EngineConfig config = RunSettings.config(arguments, session, state);
    try (Engine engine = Engine.open(config, "retry " + run.id(), executors.parts(state))) {
      RunDisplay display = RunSettings.display(arguments, session, Project.option(session, state));
      RunFollower follower = new RunFollower();
      SourceProvider sources = Snapshot.again(folder, state, engine.trees());
      RunHandle handle =
          Following.takeUp(() -> engine.retry(run.id(), Asking.user(), sources, follower));
      return new Following(plan, engine.trees(), export, Following.since(begun))
          .toEnd(
              RunInProgress.of(handle, plan.pipeline().name()),
              follower,
              display,
              session.signals());
    }
  }

  static void refuseIfSucceeded(RunRecord run) throws Refusal {
    if (run.summary().status().equals(RunStatus.SUCCEEDED.label())) {
      throw Refusal.badInput(
          "run " + run.id() + " has succeeded: there is nothing to try again",
          "`millrace run FILE --refresh` runs everything again");
    }
  }
}

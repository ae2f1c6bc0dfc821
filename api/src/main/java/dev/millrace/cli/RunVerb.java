package dev.millrace.cli;

import dev.millrace.plan.Plan;
import dev.millrace.runtime.Engine;
import dev.millrace.runtime.EngineConfig;
import dev.millrace.runtime.RunHandle;
import dev.millrace.runtime.Submission;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Runs a pipeline with an engine in this process. */
final class RunVerb implements Verb {
  @Override
  public Syntax syntax() {
    return new Syntax(
        "run",
        "Runs a pipeline; what did not change is taken from the cache.",
        List.of(DocumentOptions.FILE),
        List.of(
            DocumentOptions.PARAM,
            DocumentOptions.PARAMS_FILE,
            RunSettings.OUT,
            Past.STATE,
            Past.SERVER,
            Past.TOKEN_FILE,
            Past.CA,
            RunSettings.JOBS,
            RunSettings.RESOURCE,
            RunSettings.LABEL,
            RunSettings.REFRESH,
            RunSettings.VERIFY,
            RunSettings.KEEP_SANDBOX,
            RunSettings.SECRET,
            RunSettings.SECRET_FILE,
            RunSettings.JSON,
            RunSettings.PLAIN));
  }

  @Override
  public int execute(Arguments arguments, Session session) throws Refusal, IOException {
    if (Past.isRemote(arguments, session)) {
      return new RemoteRun(arguments, session).run();
    }
    Engine.expect();
    long begun = System.nanoTime();
    double verify = arguments.share("--verify");
    Map<String, String> labels = arguments.pairs("--label");
    Document document = Document.read(session, arguments.positionals().getFirst());
    Plan plan = DocumentOptions.plan(document, arguments, session);
    Installed executors = Installed.forPipeline(plan.pipeline());
    Path state = Project.stateOf(session, arguments.get("--state"), document.folder());
    OutputExport export = RunSettings.export(arguments, session, state, plan);
    EngineConfig config = RunSettings.config(arguments, session, state);
    try (Engine engine = Engine.open(config, "run " + document.shown(), executors.parts(state))) {
      Submission submission =
          new Submission(
              plan.pipeline().source(),
              plan.params().members(),
              Snapshot.take(plan, document.folder(), state, engine.trees()),
              labels,
              arguments.has("--refresh"),
              verify,
              Project.wayTo(document.folder(), state));
      RunDisplay display = RunSettings.display(arguments, session, Project.option(session, state));
      RunFollower follower = new RunFollower();
      RunHandle handle =
          engine.run(
              plan, submission, Snapshot.again(document.folder(), state, engine.trees()), follower);
      return new Following(plan, engine.trees(), export, Following.since(begun))
          .toEnd(
              RunInProgress.of(handle, plan.pipeline().name()),
              follower,
              display,
              session.signals());
    }
  }
}

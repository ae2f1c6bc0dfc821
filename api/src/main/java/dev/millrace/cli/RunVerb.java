package dev.millrace.cli;

import dev.millrace.cli.RunSummary.Output;
import dev.millrace.cli.Syntax.Option;
import dev.millrace.content.Artifact;
import dev.millrace.content.ContentStore;
import dev.millrace.json.JsonException;
import dev.millrace.json.JsonReader;
import dev.millrace.json.JsonText;
import dev.millrace.pipeline.OutputSpec;
import dev.millrace.plan.Plan;
import dev.millrace.run.RunStatus;
import dev.millrace.runtime.Engine;
import dev.millrace.runtime.EngineConfig;
import dev.millrace.runtime.RunEnd;
import dev.millrace.runtime.RunHandle;
import dev.millrace.runtime.Submission;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Runs a pipeline with an engine in this process. */
final class RunVerb implements Verb {
  private static final int SHORT = 160;
  private static final int SMALL = 4096;

  @Override
  public Syntax syntax() {
    return new Syntax(
        "run",
        "Runs a pipeline; what did not change is taken from the cache.",
        List.of(DocumentOptions.FILE),
        List.of(
            DocumentOptions.PARAM,
            DocumentOptions.PARAMS_FILE,
            Option.value("--out", "DIR", "where to put the outputs of the pipeline"),
            Option.value("--state", "DIR", "the state directory (default: the nearest .millrace)"),
            Option.value("--jobs", "N", "how many processors the steps may use at once"),
            Option.values(
                "--resource", "NAME=AMOUNT", "how much of something steps may use at once"),
            Option.values("--label", "NAME=VALUE", "a label, by which runs can be found"),
            Option.flag("--refresh", "run everything again and record the new results"),
            Option.flagOrValue(
                "--verify", "RATE", "run also what is recorded, and compare (all, or 0 to 1)"),
            Option.flag("--keep-sandbox", "leave the working directories of steps for a look"),
            Option.values("--secret", "NAME", "a secret from the environment variable NAME"),
            Option.values("--secret-file", "NAME=FILE", "a secret from a file"),
            Option.flag("--json", "write events and a summary as JSON, one object a line"),
            Option.flag("--plain", "write plain lines even on a terminal")));
  }

  @Override
  public int execute(Arguments arguments, Session session) throws Refusal, IOException {
    Engine.expect();
    long begun = System.nanoTime();
    double verify = arguments.share("--verify");
    Map<String, String> labels = arguments.pairs("--label");
    Document document = Document.read(session, arguments.positionals().getFirst());
    Plan plan = DocumentOptions.plan(document, arguments, session);
    Installed executors = Installed.forPipeline(plan.pipeline());
    Path state = Project.stateOf(session, arguments.get("--state"), document.folder());
    OutputExport export = export(session, arguments.get("--out"), state, plan);
    EngineConfig config = RunSettings.config(arguments, session, state);
    try (Engine engine = Engine.open(config, "run " + document.shown(), executors.parts(state))) {
      Submission submission =
          new Submission(
              plan.pipeline().source(),
              plan.params().members(),
              Snapshot.take(plan, document.folder(), state, engine.trees()),
              labels,
              arguments.has("--refresh"),
              verify);
      RunDisplay display = RunSettings.display(arguments, session, state);
      RunFollower follower = new RunFollower();
      RunHandle handle =
          engine.run(
              plan,
              submission,
              path -> Snapshot.again(path, document.folder(), state, engine.trees()),
              follower);
      return follow(new Following(session, plan, engine, handle, export, begun), follower, display);
    }
  }

  /** What is needed until the end of a run. */
  private record Following(
      Session session,
      Plan plan,
      Engine engine,
      RunHandle handle,
      OutputExport export,
      long begunNanos) {}

  private static int follow(Following run, RunFollower follower, RunDisplay display)
      throws IOException {
    RunHandle handle = run.handle;
    display.begin(
        new RunStart(
            handle.id(),
            run.plan.pipeline().name(),
            handle.continued(),
            handle.tasksBefore(),
            handle.endedBefore()));
    Progress progress;
    RunEnd end;
    try (Interrupts _ = new Interrupts(handle::cancel, display::end)) {
      progress = follower.showTo(display, handle.done());
      end = handle.done().toCompletableFuture().join();
    }
    List<Output> outputs = outputs(run, end);
    long wallMillis = (System.nanoTime() - run.begunNanos) / 1_000_000;
    RunSummary summary =
        new RunSummary(
            handle.id(),
            end.status(),
            progress,
            wallMillis,
            outputs,
            follower.failures(run.engine.store()));
    display.summary(summary);
    return summary.exitCode();
  }

  private static OutputExport export(Session session, @Nullable String out, Path state, Plan plan)
      throws Refusal, IOException {
    Path target =
        out == null ? state.resolve("outputs").resolve(plan.pipeline().name()) : session.path(out);
    return OutputExport.to(target, session.shown(target));
  }

  private static List<Output> outputs(Following run, RunEnd end) throws IOException {
    boolean exported =
        end.status() == RunStatus.SUCCEEDED && !run.plan.pipeline().outputs().isEmpty();
    Map<String, Path> places =
        exported ? run.export.write(run.plan, end.outputs(), run.engine.trees()) : Map.of();
    List<Output> outputs = new ArrayList<>();
    for (String name : run.plan.pipeline().outputs().keySet()) {
      Artifact artifact = end.outputs().get(name);
      if (artifact != null) {
        String content = content(run.plan, name, artifact, run.engine.store());
        outputs.add(new Output(name, artifact, places.get(name), content));
      }
    }
    return outputs;
  }

  private static @Nullable String content(
      Plan plan, String name, Artifact artifact, ContentStore store) {
    OutputSpec spec = OutputExport.spec(plan, name);
    boolean json =
        spec != null
            && (spec.kind() == OutputSpec.Kind.JSON || spec.kind() == OutputSpec.Kind.METRICS);
    if (!json || artifact.kind() == Artifact.Kind.TREE || artifact.digest().size() > SMALL) {
      return null;
    }
    try {
      String text = JsonText.compact(JsonReader.read(store.read(artifact.digest())));
      return text.length() <= SHORT ? text : text.substring(0, SHORT - 1) + "…";
    } catch (IOException | JsonException e) {
      return null;
    }
  }
}

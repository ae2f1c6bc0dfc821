package dev.millrace.cli;

import dev.millrace.client.Event;
import dev.millrace.client.Run;
import dev.millrace.client.ServerProblemException;
import dev.millrace.client.ServerRuns;
import dev.millrace.client.Sources;
import dev.millrace.client.SubmitRequest;
import dev.millrace.client.UploadListener;
import dev.millrace.content.Artifact;
import dev.millrace.content.RefusedContentException;
import dev.millrace.content.Trees;
import dev.millrace.journal.RunRecord;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonString;
import dev.millrace.json.JsonValue;
import dev.millrace.pipeline.Param;
import dev.millrace.pipeline.Problem;
import dev.millrace.plan.Plan;
import dev.millrace.run.RunStatus;
import dev.millrace.run.TaskPhase;
import dev.millrace.runtime.CommittedFact;
import dev.millrace.runtime.RunEnd;
import dev.millrace.runtime.RunHistory;
import dev.millrace.runtime.RunReplay;
import dev.millrace.runtime.RunView;
import dev.millrace.wire.EventReader;
import dev.millrace.wire.RunJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What commands do with a run of a server: submit, take up again, follow to its end. */
final class RemoteRun {
  private final Arguments arguments;
  private final Session session;
  private final long begun = System.nanoTime();

  RemoteRun(Arguments arguments, Session session) {
    this.arguments = arguments;
    this.session = session;
  }

  /** Submits a document and follows the run to its end. */
  int run() throws Refusal, IOException {
    Remote.refuseLocal(
        arguments, "--jobs", "--resource", "--keep-sandbox", "--secret", "--secret-file");
    Document document = document();
    Plan plan = DocumentOptions.plan(document, arguments, session);
    OutputExport export = export();
    try (Remote remote = Remote.open(arguments, session)) {
      RunDisplay display = RunSettings.display(arguments, session, Remote.option(arguments));
      Run run = submit(remote, document, plan);
      RunFollower follower = new RunFollower();
      RunStart start = new RunStart(run.id(), run.pipeline(), false, 0, 0);
      Told told = new Told(remote.runs(), ServerRuns.record(run), null, follower);
      return new Following(plan, new Trees(remote.store()), export, Following.since(begun))
          .toEnd(inProgress(remote, start, told, true), follower, display, session.signals());
    }
  }

  /** Submits a document and says which run it is. */
  int submit() throws Refusal, IOException {
    Document document = document();
    Plan plan = DocumentOptions.plan(document, arguments, session);
    try (Remote remote = Remote.open(arguments, session)) {
      Run run = submit(remote, document, plan);
      if (arguments.has("--json")) {
        session.printer().line(RunJson.text(ServerRuns.record(run)));
      } else {
        session.printer().line(run.id());
      }
    }
    return ExitCode.OK;
  }

  private Document document() throws Refusal, IOException {
    return Document.read(session, arguments.positionals().getFirst()).forServer();
  }

  private @Nullable OutputExport export() throws Refusal, IOException {
    String out = arguments.get("--out");
    if (out == null) {
      return null;
    }
    Path target = session.path(out);
    return OutputExport.to(target, session.shown(target));
  }

  private Run submit(Remote remote, Document document, Plan plan) throws Refusal, IOException {
    double verify = arguments.share("--verify");
    Sources sources;
    try {
      sources = Sources.of(plan, document.folder());
    } catch (RefusedContentException e) {
      List<String> problems = new ArrayList<>(e.problems());
      problems.add("nothing was run");
      throw Refusal.badInput(problems);
    }
    SubmitRequest request =
        new SubmitRequest(
            plan.pipeline().source(),
            params(plan, sources),
            sources.artifacts(),
            arguments.pairs("--label"),
            arguments.has("--refresh"),
            verify);
    try {
      return remote.client().submit(request, sources, uploads());
    } catch (ServerProblemException e) {
      throw located(document, e);
    }
  }

  /** The run's id or JSON alone is what programs get on stdout. */
  private UploadListener uploads() {
    if (arguments.has("--json") || arguments.command().equals("submit")) {
      return UploadListener.NONE;
    }
    boolean live = session.printer().terminal().interactive() && !arguments.has("--plain");
    return new UploadDisplay(session, live);
  }

  /** A person may name any file for a parameter; to a server one elsewhere is its content. */
  private static Map<String, JsonValue> params(Plan plan, Sources sources) {
    Map<String, JsonValue> params = new HashMap<>(plan.params().members());
    for (Param param : plan.pipeline().params().values()) {
      if (param.type() == Param.Type.FILE
          && params.get(param.name()) instanceof JsonObject file
          && file.get("path") instanceof JsonString(String path)
          && (path.startsWith("/") || Path.of(path).startsWith(".."))) {
        Artifact artifact = sources.artifacts().get(path);
        if (artifact != null) {
          params.put(param.name(), SubmitRequest.value(artifact));
        }
      }
    }
    return params;
  }

  /** Returns the refusal of a document, with the places in it. */
  private static Refusal located(Document document, ServerProblemException problem) {
    if (problem.problems().isEmpty()) {
      return Remote.refusal(problem);
    }
    List<Problem> found = new ArrayList<>();
    for (Problem one : problem.problems()) {
      String pointer =
          one.pointer().startsWith("/pipeline") ? one.pointer().substring(9) : one.pointer();
      found.add(new Problem(one.code(), pointer, one.message()));
    }
    return Refusal.badInput(document.lines(document.located(found)));
  }

  /** Takes a run up again and follows it to its end. */
  int retry() throws Refusal, IOException {
    Remote.refuseLocal(
        arguments, "--jobs", "--resource", "--keep-sandbox", "--secret", "--secret-file");
    OutputExport export = export();
    try (Remote remote = Remote.open(arguments, session)) {
      RunRecord record = Past.run(remote, arguments.positional(0));
      RetryVerb.refuseIfSucceeded(record);
      RunReplay replay = remote.runs().replay(record);
      RunView view = replay.history().view();
      RunStart start =
          new RunStart(
              record.id(), record.pipeline(), true, view.tasks(), view.count(TaskPhase.SUCCEEDED));
      var _ = remote.client().retry(record.id());
      RunDisplay display = RunSettings.display(arguments, session, Remote.option(arguments));
      RunFollower follower = new RunFollower();
      Told told = new Told(remote.runs(), record, replay, follower);
      return new Following(view.plan(), new Trees(remote.store()), export, Following.since(begun))
          .toEnd(inProgress(remote, start, told, true), follower, display, session.signals());
    }
  }

  /** Shows a run from its beginning until it has ended. */
  int watch() throws Refusal, IOException {
    try (Remote remote = Remote.open(arguments, session)) {
      RunRecord record = Past.run(remote, arguments.positional(0));
      RunDisplay display = RunSettings.display(arguments, session, Remote.option(arguments));
      RunFollower follower = new RunFollower();
      Plan plan = remote.runs().replay(record).history().view().plan();
      RunStart start = new RunStart(record.id(), record.pipeline(), false, 0, 0);
      Told told = new Told(remote.runs(), record, null, follower);
      return new Following(plan, new Trees(remote.store()), null, WatchVerb.wallMillis(record))
          .toEnd(inProgress(remote, start, told, false), follower, display, session.signals());
    }
  }

  private RunInProgress inProgress(Remote remote, RunStart start, Told told, boolean ours) {
    CompletionStage<RunEnd> done =
        remote
            .client()
            .follow(start.run(), told.last(), told, (cause, wait) -> told.interrupted(cause))
            .thenApplyAsync(_ -> told.end(), task -> Thread.ofVirtual().start(task));
    Consumer<Boolean> cancel = force -> cancel(remote, start.run(), force, told, done);
    return new RunInProgress(start, done, ours ? cancel : null);
  }

  /** Asks for the end of a run, also of a server that is being started again. */
  private void cancel(
      Remote remote, String run, boolean force, Told told, CompletionStage<RunEnd> done) {
    var _ =
        remote
            .client()
            .beginCancel(run, force)
            .exceptionally(
                failure -> {
                  Throwable cause = failure.getCause() == null ? failure : failure.getCause();
                  if (cause instanceof ServerProblemException problem) {
                    session.printer().problem("cannot cancel: " + problem.detail());
                  } else if (!done.toCompletableFuture().isDone()) {
                    told.notCancelled(cause);
                    cancel(remote, run, force, told, done);
                  }
                  return null;
                });
  }

  /** Makes a run again from what its server tells, for whoever shows it. */
  private static final class Told implements Consumer<Event> {
    private final ServerRuns runs;
    private final RunRecord record;
    private final RunFollower follower;
    private @Nullable RunReplay replay;
    private @Nullable EventReader reader;
    private boolean interrupted;

    Told(ServerRuns runs, RunRecord record, @Nullable RunReplay replay, RunFollower follower) {
      this.runs = runs;
      this.record = record;
      this.replay = replay;
      this.follower = follower;
    }

    /** Returns the number of the last event that is known. */
    synchronized long last() {
      return replay == null ? 0 : replay.history().lastSequence();
    }

    @Override
    public synchronized void accept(Event event) {
      RunReplay known = replay;
      try {
        if (known == null) {
          known = runs.begin(record, event);
          replay = known;
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      RunView view = known.history().view();
      EventReader reading = reader;
      if (reading == null) {
        reading = new EventReader(view);
        reader = reading;
      }
      CommittedFact fact = reading.read(event.json());
      known.add(fact);
      interrupted = false;
      follower.committed(view, List.of(fact));
    }

    /** Says once for each break that there is one. */
    synchronized void interrupted(Throwable cause) {
      if (!interrupted) {
        interrupted = true;
        follower.trouble("the server cannot be reached: " + cause.getMessage() + "; trying again");
      }
    }

    void notCancelled(Throwable cause) {
      follower.trouble("the run is not cancelled yet: " + cause.getMessage() + "; trying again");
    }

    synchronized RunEnd end() {
      RunReplay known = replay;
      if (known == null) {
        throw new IllegalStateException("the server has no events of run " + record.id());
      }
      RunHistory history = known.history();
      RunStatus status = history.view().status();
      try {
        return new RunEnd(record.id(), status, runs.outputs(history));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}

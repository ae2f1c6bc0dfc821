package dev.millrace.http;

import dev.millrace.automation.Launch;
import dev.millrace.automation.Launched;
import dev.millrace.automation.Launcher;
import dev.millrace.automation.Overlap;
import dev.millrace.content.MissingBlobException;
import dev.millrace.journal.RunQuery;
import dev.millrace.journal.RunRecord;
import dev.millrace.json.JsonPointer;
import dev.millrace.json.JsonValue;
import dev.millrace.pipeline.Problem;
import dev.millrace.plan.Plan;
import dev.millrace.run.RunStatus;
import dev.millrace.run.RunWish;
import dev.millrace.runtime.PipelineRegistry;
import dev.millrace.runtime.RunArchive;
import dev.millrace.runtime.RunHandle;
import dev.millrace.runtime.Submission;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Starts the runs of schedules and triggers, from registered pipelines. */
final class RunLaunches implements Launcher {
  private static final int MOST_REPLACED = 100;
  private static final int SHOWN = 3;

  private final LiveRuns runs;
  private final RunArchive archive;
  private final Submissions submissions;
  private final PipelineRegistry registry;

  /** One launch of a schedule or trigger at a time, so that none is overlooked by the next. */
  private final Object[] locks = new Object[64];

  RunLaunches(
      LiveRuns runs, RunArchive archive, Submissions submissions, PipelineRegistry registry) {
    this.runs = runs;
    this.archive = archive;
    this.submissions = submissions;
    this.registry = registry;
    Arrays.setAll(locks, _ -> new Object());
  }

  @Override
  public Launched launch(Launch launch) throws IOException {
    synchronized (locks[Math.floorMod(launch.origin().hashCode(), locks.length)]) {
      Map<String, String> cause = Map.of(Launch.CAUSE, launch.cause());
      List<RunRecord> before = archive.list(new RunQuery(null, null, cause, null, 1));
      if (!before.isEmpty()) {
        return new Launched.Started(before.getFirst().id());
      }
      List<RunRecord> running =
          launch.overlap() == Overlap.ALLOW ? List.of() : running(launch.origin());
      return launch.overlap() == Overlap.SKIP && !running.isEmpty()
          ? new Launched.Overlapping(running.getFirst().id())
          : start(launch, running);
    }
  }

  private List<RunRecord> running(Map.Entry<String, String> origin) {
    Map<String, String> label = Map.ofEntries(origin);
    String status = RunStatus.RUNNING.label();
    return archive.list(new RunQuery(null, status, label, null, MOST_REPLACED));
  }

  private Launched start(Launch launch, List<RunRecord> replaced) throws IOException {
    Optional<PipelineRegistry.Version> version = registry.resolve(launch.pipeline());
    if (version.isEmpty()) {
      return new Launched.Refused("there is no registered pipeline " + launch.pipeline());
    }
    PipelineRegistry.Content content;
    try {
      content = registry.read(version.get());
    } catch (MissingBlobException e) {
      return new Launched.Refused(
          version.get().reference() + " is gone from the store: register it again");
    }
    List<Problem> problems = new ArrayList<>();
    Plan plan = submissions.plan(content, launch.params(), problems);
    if (plan == null || !problems.isEmpty()) {
      return new Launched.Refused(shown(problems));
    }
    Map<String, String> labels = new HashMap<>(launch.labels());
    labels.put(Launch.CAUSE, launch.cause());
    labels.put(launch.origin().getKey(), launch.origin().getValue());
    labels.put(RunOperations.BY_LABEL, launch.by());
    labels.put(Submissions.VERSION_LABEL, version.get().reference());
    Submission submission =
        new Submission(content.document(), launch.params(), content.sources(), labels, false);
    String started = runs.submit(plan, submission);
    // Only now: whatever happens in between, one of them goes on.
    replaced.forEach(run -> cancel(run.id()));
    return new Launched.Started(started);
  }

  private static String shown(List<Problem> problems) {
    String first =
        problems.stream().limit(SHOWN).map(Problem::toString).collect(Collectors.joining("; "));
    return problems.size() > SHOWN ? first + "; and " + (problems.size() - SHOWN) + " more" : first;
  }

  private void cancel(String run) {
    RunHandle handle = runs.find(run);
    if (handle != null) {
      // Nobody waits for it: it ends when the wish is durable, and this thread has others to start.
      var _ = handle.command(new RunWish.Cancel(false));
    }
  }

  @Override
  public List<Problem> check(
      String pipeline,
      Map<String, JsonValue> params,
      Set<String> open,
      Map<String, String> labels) {
    List<Problem> problems = new ArrayList<>();
    Submissions.refuseReserved(labels.keySet(), problems);
    Optional<PipelineRegistry.Version> version = registry.resolve(pipeline);
    if (version.isEmpty()) {
      problems.add(
          new Problem(
              "unknown-pipeline",
              "/pipeline",
              "there is no registered pipeline " + pipeline + "; PUT it to /v1/pipelines first"));
      return problems;
    }
    try {
      check(registry.read(version.get()), params, open, problems);
    } catch (IOException e) {
      problems.add(
          new Problem(
              "pipeline-unreadable",
              "/pipeline",
              version.get().reference() + " cannot be read: register it again"));
    }
    return problems;
  }

  private void check(
      PipelineRegistry.Content content,
      Map<String, JsonValue> params,
      Set<String> open,
      List<Problem> problems)
      throws IOException {
    Set<String> declared = Submissions.params(content.document());
    for (String name : open) {
      if (!declared.contains(name)) {
        problems.add(
            new Problem(
                "unknown-param",
                JsonPointer.of("paramsFrom", name),
                "the pipeline has no parameter \"" + name + '"'));
      }
    }
    List<Problem> found = new ArrayList<>();
    submissions.plan(content, params, found);
    for (Problem problem : found) {
      if (!isOpen(problem, open)) {
        problems.add(placed(problem));
      }
    }
  }

  private static boolean isOpen(Problem problem, Set<String> open) {
    List<String> tokens = JsonPointer.tokens(problem.pointer());
    return problem.code().equals("missing-param") && open.contains(tokens.getLast());
  }

  /** What is wrong with a parameter stands there; what else is wrong, in the pipeline. */
  private static Problem placed(Problem problem) {
    String inside = problem.pointer().replaceFirst("^/pipeline", "");
    return inside.startsWith("/params")
        ? new Problem(problem.code(), inside, problem.message())
        : new Problem(problem.code(), "/pipeline", problem.message() + " (at " + inside + ')');
  }
}

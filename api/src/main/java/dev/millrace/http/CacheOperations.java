package dev.millrace.http;

import dev.millrace.cache.ActionCache;
import dev.millrace.cache.ActionCache.Recorded;
import dev.millrace.cache.Lineage;
import dev.millrace.cache.LineageNode;
import dev.millrace.cache.TreeEntries;
import dev.millrace.content.Artifact;
import dev.millrace.digest.Digest;
import dev.millrace.json.CanonicalWriter;
import dev.millrace.run.TaskPhase;
import dev.millrace.runtime.RunArchive;
import dev.millrace.runtime.RunHistory;
import dev.millrace.runtime.RunView;
import dev.millrace.wire.ExplainJson;
import dev.millrace.wire.LineageJson;
import dev.millrace.wire.SourceNames;
import java.io.IOException;
import java.util.List;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;

/** Why tasks ran, would run, or did not have to. Each answers on a thread that may wait. */
final class CacheOperations {
  private static final int NODES = 1_000;
  private static final int TASKS = 1_000;

  /** A dry run does what the engine does, on a thread that many share. */
  private static final int MOST_DRY_TASKS = 100_000;

  private static final int MOST_DRY_RUNS = 2;

  private final LiveRuns runs;
  private final RunArchive archive;
  private final Submissions submissions;
  private final Histories histories;
  private final Semaphore dryRuns = new Semaphore(MOST_DRY_RUNS);

  CacheOperations(LiveRuns runs, RunArchive archive, Submissions submissions, Histories histories) {
    this.histories = histories;
    this.runs = runs;
    this.archive = archive;
    this.submissions = submissions;
  }

  /** Tells what a submission would take from the cache; nothing is run or recorded. */
  Reply dryRun(Request request) throws IOException {
    Submissions.Good good = submissions.read(request.body());
    int known = good.plan().knownTasks();
    if (known > MOST_DRY_TASKS) {
      throw ApiException.unprocessable(
          "the pipeline has " + known + " tasks; a dry run looks at " + MOST_DRY_TASKS + " at most",
          List.of());
    }
    if (!dryRuns.tryAcquire()) {
      throw ApiException.busy("other dry runs are under way; try again in a moment");
    }
    try {
      return dryRun(runs.dryRun(good.plan(), good.submission()), request);
    } finally {
      dryRuns.release();
    }
  }

  private static Reply dryRun(RunHistory history, Request request) {
    RunView view = history.view();
    CanonicalWriter json = new CanonicalWriter().beginObject().name("counts").beginObject();
    TreeMap<String, Integer> counts = new TreeMap<>();
    for (TaskPhase phase : TaskPhase.values()) {
      if (phase != TaskPhase.RETIRED && phase != TaskPhase.SUCCEEDED) {
        counts.put(phase.label(), view.count(phase));
      }
    }
    counts.put("cached", view.cached());
    counts.values().removeIf(count -> count == 0);
    counts.forEach((name, count) -> json.name(name).value((long) count));
    json.endObject().name("open").value(view.isOpen());
    json.name("pipeline").value(view.plan().pipeline().name());
    int[] numbers = view.taskNumbers();
    int limit = (int) request.number("limit", TASKS);
    json.name("tasks").beginArray();
    for (int i = 0; i < Math.min(limit, numbers.length); i++) {
      ExplainJson.write(json, history, numbers[i]);
    }
    json.endArray().name("truncated").value(numbers.length > limit);
    return Reply.json(200, json.endObject());
  }

  /** Tells why the tasks of a run ran, or one of them. */
  Reply explain(Request request) throws IOException {
    return histories.ask(
        String.valueOf(request.query("run")), history -> explain(history, request));
  }

  private static Reply explain(RunHistory history, Request request) {
    String task = request.query("task");
    CanonicalWriter json = new CanonicalWriter().beginObject();
    if (task != null) {
      OptionalInt number = history.view().findTask(task);
      if (number.isEmpty()) {
        throw ApiException.notFound("run " + history.record().id() + " has no task " + task);
      }
      json.name("tasks").beginArray();
      ExplainJson.write(json, history, number.getAsInt());
    } else {
      TaskPage page = TaskPage.of(history, request);
      page.writeNext(json);
      json.name("tasks").beginArray();
      for (int number : page.tasks()) {
        ExplainJson.write(json, history, number);
      }
    }
    return Reply.json(200, json.endArray().endObject());
  }

  /** Tells where content comes from. */
  Reply lineage(Request request) throws IOException {
    ActionCache cache = archive.cache();
    LineageNode node =
        Lineage.of(
            artifact(request.path("digest"), "tree".equals(request.query("kind")), cache),
            cache,
            TreeEntries.in(archive.trees()),
            (int) request.number("limit", NODES));
    CanonicalWriter json = new CanonicalWriter();
    LineageJson.write(json, node, new SourceNames(archive));
    return Reply.json(200, json);
  }

  private Artifact artifact(String hash, boolean tree, ActionCache cache) throws IOException {
    Digest digest =
        archive
            .store()
            .find(hash)
            .orElseThrow(() -> ApiException.notFound("there is no blob " + hash));
    List<Recorded> producers = cache.producersOf(digest, 1);
    if (!producers.isEmpty()) {
      for (Artifact output : producers.getFirst().result().outputs().values()) {
        if (output.digest().equals(digest)) {
          return output;
        }
      }
    }
    return tree ? Artifact.tree(digest) : Artifact.file(digest);
  }
}

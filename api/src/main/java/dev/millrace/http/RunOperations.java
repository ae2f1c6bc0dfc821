package dev.millrace.http;

import dev.millrace.journal.RunQuery;
import dev.millrace.journal.RunRecord;
import dev.millrace.json.CanonicalWriter;
import dev.millrace.json.JsonBoolean;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonReader;
import dev.millrace.json.JsonString;
import dev.millrace.run.RunWish;
import dev.millrace.run.TaskStatus;
import dev.millrace.runtime.RunArchive;
import dev.millrace.runtime.RunHandle;
import dev.millrace.runtime.RunHistory;
import dev.millrace.runtime.RunIds;
import dev.millrace.runtime.Submission;
import dev.millrace.wire.ResultJson;
import dev.millrace.wire.RunJson;
import dev.millrace.wire.TaskJson;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What can be asked about runs. Each answers on a thread that may wait. */
final class RunOperations {
  /** The label that holds a request's idempotency key, so that both are durable together. */
  static final String KEY_LABEL = "idempotency-key";

  /** The label that says who submitted; the token's name. */
  static final String BY_LABEL = "submitted-by";

  /** The label that names the span of which a run is a part, as W3C writes it. */
  static final String TRACE_LABEL = "traceparent";

  private static final Pattern TRACE = Pattern.compile("[0-9a-f]{2}(-[0-9a-f]{2,32}){3}.{0,200}");
  private static final int USUAL_LIMIT = 50;

  private final LiveRuns runs;
  private final RunArchive archive;
  private final Submissions submissions;
  private final EventLogs logs;
  private final CacheOperations cache;
  private final Histories histories;
  private final Object[] keyLocks = new Object[64];

  RunOperations(
      LiveRuns runs,
      RunArchive archive,
      Submissions submissions,
      EventLogs logs,
      CacheOperations cache,
      Histories histories) {
    this.cache = cache;
    this.histories = histories;
    this.runs = runs;
    this.archive = archive;
    this.submissions = submissions;
    this.logs = logs;
    Arrays.setAll(keyLocks, _ -> new Object());
  }

  Reply submit(Request request) throws IOException {
    if ("true".equals(request.query("dryRun"))) {
      return cache.dryRun(request);
    }
    Map<String, String> labels = new HashMap<>();
    labels.put(BY_LABEL, request.principal().name());
    String trace = request.traceparent();
    if (trace != null && TRACE.matcher(trace).matches()) {
      labels.put(TRACE_LABEL, trace);
    }
    String key = request.idempotencyKey();
    if (key == null) {
      Submissions.Good good = submissions.read(request.body());
      return accepted(runs.submit(good.plan(), labelled(good.submission(), labels)));
    }
    labels.put(KEY_LABEL, key);
    synchronized (keyLocks[Math.floorMod(key.hashCode(), keyLocks.length)]) {
      RunQuery query = new RunQuery(null, null, Map.of(KEY_LABEL, key), null, 1);
      List<RunRecord> before = archive.list(query);
      RunRecord run = before.isEmpty() ? null : before.getFirst();
      String version = run == null ? null : run.labels().get(Submissions.VERSION_LABEL);
      Submissions.Good good = submissions.read(request.body(), version);
      Submission keyed = labelled(good.submission(), labels);
      if (run == null) {
        return accepted(runs.submit(good.plan(), keyed));
      }
      if (!run.submissionDigest().equals(tracedAs(run, keyed).digest().text())) {
        throw ApiException.unprocessable(
            "the idempotency key was used before, for another submission: run " + run.id(),
            List.of());
      }
      return accepted(run.id());
    }
  }

  /** What is sent again may be a part of another span; it is the same work. */
  private static Submission tracedAs(RunRecord run, Submission submission) {
    Map<String, String> labels = new HashMap<>(submission.labels());
    String trace = run.labels().get(TRACE_LABEL);
    if (trace == null) {
      labels.remove(TRACE_LABEL);
    } else {
      labels.put(TRACE_LABEL, trace);
    }
    return withLabels(submission, labels);
  }

  private static Submission labelled(Submission submission, Map<String, String> more) {
    Map<String, String> labels = new HashMap<>(submission.labels());
    labels.putAll(more);
    return withLabels(submission, labels);
  }

  private static Submission withLabels(Submission submission, Map<String, String> labels) {
    return new Submission(
        submission.document(),
        submission.params(),
        submission.sources(),
        labels,
        submission.refresh(),
        submission.verify(),
        submission.folder());
  }

  private Reply accepted(String run) {
    CanonicalWriter json = new CanonicalWriter();
    RunJson.write(json, record(run));
    return Reply.json(202, json, Map.of("Location", "/v1/runs/" + run));
  }

  private RunRecord record(String run) {
    return archive.record(run).orElseThrow(() -> ApiException.notFound("there is no run " + run));
  }

  Reply list(Request request) {
    int limit = (int) request.number("limit", USUAL_LIMIT);
    Map<String, String> labels = new HashMap<>();
    for (String label : request.query().getOrDefault("label", List.of())) {
      int equals = label.indexOf('=');
      if (equals < 1) {
        throw ApiException.badRequest("label must look like name=value, not \"" + label + '"');
      }
      labels.put(label.substring(0, equals), label.substring(equals + 1));
    }
    String id = request.query("id");
    List<RunRecord> page =
        id != null
            ? archive.find(id)
            : archive.list(
                new RunQuery(
                    request.query("pipeline"),
                    request.query("status"),
                    labels,
                    earlier(request.query("cursor"), id(request, "submittedBefore")),
                    id(request, "submittedFrom"),
                    limit));
    CanonicalWriter json = new CanonicalWriter().beginObject();
    if (id == null && page.size() == limit) {
      json.name("next").value(page.getLast().id());
    }
    json.name("runs").beginArray();
    page.forEach(run -> RunJson.write(json, run));
    return Reply.json(200, json.endArray().endObject());
  }

  /** Returns where runs of a time begin, or null where none is given. */
  private static @Nullable String id(Request request, String name) {
    long millis = request.number(name, -1);
    return millis < 0 ? null : RunIds.at(Instant.ofEpochMilli(millis));
  }

  private static @Nullable String earlier(@Nullable String cursor, @Nullable String time) {
    return cursor == null || (time != null && time.compareTo(cursor) < 0) ? time : cursor;
  }

  Reply get(Request request) {
    CanonicalWriter json = new CanonicalWriter();
    RunJson.write(json, record(request.path("run")));
    return Reply.json(200, json);
  }

  Reply tasks(Request request) throws IOException {
    return histories.ask(request.path("run"), history -> tasks(history, request));
  }

  private static Reply tasks(RunHistory history, Request request) {
    TaskPage page = TaskPage.of(history, request);
    CanonicalWriter json = new CanonicalWriter().beginObject();
    page.writeNext(json);
    json.name("tasks").beginArray();
    for (int task : page.tasks()) {
      TaskJson.write(json, history, task);
    }
    return Reply.json(200, json.endArray().endObject());
  }

  Reply task(Request request) throws IOException {
    return histories.ask(request.path("run"), history -> task(history, request));
  }

  private static Reply task(RunHistory history, Request request) {
    CanonicalWriter json = new CanonicalWriter();
    TaskJson.write(json, history, number(history, request.path("task")));
    return Reply.json(200, json);
  }

  private static int number(RunHistory history, String name) {
    OptionalInt found = history.view().findTask(name);
    if (found.isEmpty()) {
      throw ApiException.notFound("run " + history.record().id() + " has no task " + name);
    }
    return found.getAsInt();
  }

  Reply outputs(Request request) throws IOException {
    return histories.ask(request.path("run"), this::outputs);
  }

  private Reply outputs(RunHistory history) throws IOException {
    CanonicalWriter json = new CanonicalWriter().beginObject().name("outputs").beginObject();
    archive
        .outputs(history)
        .forEach((name, artifact) -> ResultJson.artifact(json.name(name), artifact));
    return Reply.json(200, json.endObject().endObject());
  }

  Reply events(Request request) throws IOException {
    String run = record(request.path("run")).id();
    int limit = (int) request.number("limit", USUAL_LIMIT);
    long after = request.number("after", 0);
    EventLog log = logs.open(run);
    try {
      List<EventLog.Event> page = new ArrayList<>(log.page(after + 1));
      while (page.size() < limit && page.size() > 0) {
        List<EventLog.Event> more = log.page(after + page.size() + 1);
        if (more.isEmpty()) {
          break;
        }
        page.addAll(more);
      }
      page = page.subList(0, Math.min(limit, page.size()));
      CanonicalWriter json = new CanonicalWriter().beginObject().name("events").beginArray();
      page.forEach(event -> json.value(JsonReader.read(event.json())));
      json.endArray().name("next");
      json.value(page.isEmpty() ? after : page.getLast().sequence());
      return Reply.json(200, json.endObject());
    } finally {
      logs.close(run);
    }
  }

  private static String status(RunHistory history, int task) {
    return TaskJson.status(history.view().taskStatus(task));
  }

  Reply cancel(Request request) throws IOException {
    RunRecord run = record(request.path("run"));
    boolean force = JsonBoolean.TRUE.equals(options(request).get("force"));
    RunHandle handle = runs.find(run.id());
    if (handle == null) {
      if (run.summary().finished() == null) {
        throw ApiException.conflict("run " + run.id() + " does not go on here");
      }
      return accepted(run.id());
    }
    handle.command(new RunWish.Cancel(force)).toCompletableFuture().join();
    return accepted(run.id());
  }

  private static JsonObject options(Request request) {
    return request.body().length == 0 ? JsonObject.EMPTY : Submissions.object(request.body());
  }

  Reply retry(Request request) throws IOException {
    RunRecord run = record(request.path("run"));
    try {
      RunHandle handle = runs.retry(run.id(), request.principal().name());
      // Who follows the run from now on must not be told that it has ended.
      handle.reopened().toCompletableFuture().join();
      return accepted(run.id());
    } catch (IllegalArgumentException e) {
      throw ApiException.conflict(String.valueOf(e.getMessage()));
    }
  }

  Reply approve(Request request) throws IOException {
    String run = request.path("run");
    RunHandle handle = runs.find(run);
    int task =
        histories.ask(
            run,
            history -> {
              int number = number(history, request.path("task"));
              if (handle == null
                  || !(history.view().taskStatus(number) instanceof TaskStatus.Held)) {
                throw ApiException.conflict(
                    "the task does not wait for approval: it is " + status(history, number));
              }
              return number;
            });
    JsonObject options = options(request);
    String comment = text(options, "comment");
    String by = request.principal().name();
    RunWish.Command wish =
        JsonBoolean.TRUE.equals(options.get("reject"))
            ? new RunWish.Reject(task, by, comment)
            : new RunWish.Approve(task, by, comment);
    if (handle != null) {
      handle.command(wish).toCompletableFuture().join();
    }
    return task(request);
  }

  private static String text(JsonObject options, String name) {
    return options.get(name) instanceof JsonString(String text) ? text : "";
  }
}

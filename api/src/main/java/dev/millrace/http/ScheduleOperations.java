package dev.millrace.http;

import dev.millrace.automation.Failing;
import dev.millrace.automation.Launch;
import dev.millrace.automation.Launched;
import dev.millrace.automation.Schedules;
import dev.millrace.journal.RunQuery;
import dev.millrace.journal.RunRecord;
import dev.millrace.json.CanonicalWriter;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonValue;
import dev.millrace.pipeline.Problem;
import dev.millrace.runtime.RunArchive;
import dev.millrace.wire.RunJson;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What can be asked about schedules. Each answers on a thread that may wait. */
final class ScheduleOperations {
  private static final int USUAL_LIMIT = 50;
  private static final int SHOWN_TIMES = 5;
  private static final int SHOWN_RUNS = 5;

  private final Schedules schedules;
  private final RunArchive archive;

  ScheduleOperations(Schedules schedules, RunArchive archive) {
    this.schedules = schedules;
    this.archive = archive;
  }

  Reply put(Request request) throws IOException {
    JsonObject spec = Submissions.object(request.body());
    List<Problem> problems =
        schedules.put(request.path("schedule"), spec, request.principal().name());
    if (!problems.isEmpty()) {
      throw ApiException.unprocessable("the schedule cannot be set up", problems);
    }
    return get(request);
  }

  Reply get(Request request) {
    String name = request.path("schedule");
    Schedules.View view = schedules.find(name, SHOWN_TIMES);
    if (view == null) {
      throw unknown(name);
    }
    CanonicalWriter json = new CanonicalWriter();
    write(json, view, runs(archive, Launch.SCHEDULE, name));
    return Reply.json(200, json);
  }

  private static ApiException unknown(String name) {
    return ApiException.notFound("there is no schedule " + name);
  }

  /** Returns the newest runs with a label. */
  static List<RunRecord> runs(RunArchive archive, String label, String name) {
    return archive.list(new RunQuery(null, null, Map.of(label, name), null, SHOWN_RUNS));
  }

  Reply list(Request request) {
    int limit = (int) request.number("limit", USUAL_LIMIT);
    String cursor = request.query("cursor");
    List<Schedules.View> page = schedules.list(cursor == null ? "" : cursor, limit);
    CanonicalWriter json = new CanonicalWriter().beginObject();
    if (page.size() == limit) {
      json.name("next").value(page.getLast().name());
    }
    json.name("schedules").beginArray();
    page.forEach(view -> write(json, view, null));
    return Reply.json(200, json.endArray().endObject());
  }

  Reply delete(Request request) throws IOException {
    if (!schedules.delete(request.path("schedule"))) {
      throw unknown(request.path("schedule"));
    }
    return Reply.nothing();
  }

  Reply runNow(Request request) throws IOException {
    String key = request.idempotencyKey();
    String name = request.path("schedule");
    Launched launched =
        schedules.runNow(
            name, request.principal().name(), key == null ? UUID.randomUUID().toString() : key);
    if (launched == null) {
      throw unknown(name);
    }
    return switch (launched) {
      case Launched.Started(String run) -> accepted(run);
      case Launched.Overlapping(String run) ->
          throw ApiException.conflict("run " + run + " still goes on");
      case Launched.Refused(String why) -> throw ApiException.unprocessable(why, List.of());
    };
  }

  private Reply accepted(String run) {
    CanonicalWriter json = new CanonicalWriter();
    RunJson.write(json, archive.record(run).orElseThrow());
    return Reply.json(202, json, Map.of("Location", "/v1/runs/" + run));
  }

  private static void write(
      CanonicalWriter json, Schedules.View view, @Nullable List<RunRecord> runs) {
    json.beginObject().name("by").value(view.by());
    if (runs != null) {
      json.name("lastRuns").beginArray();
      runs.forEach(run -> RunJson.write(json, run));
      json.endArray();
    }
    json.name("name").value(view.name()).name("next").beginArray();
    view.next().forEach(at -> json.value(at.toEpochMilli()));
    json.endArray();
    Failing.write(json, view.failing());
    json.name("schedule").value((JsonValue) view.spec()).endObject();
  }
}

package dev.millrace.http;

import dev.millrace.automation.Failing;
import dev.millrace.automation.Launch;
import dev.millrace.automation.Launched;
import dev.millrace.automation.Triggers;
import dev.millrace.automation.WebhookSignature;
import dev.millrace.journal.RunRecord;
import dev.millrace.json.CanonicalWriter;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonValue;
import dev.millrace.runtime.RunArchive;
import dev.millrace.wire.RunJson;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What can be asked about triggers. Each answers on a thread that may wait. */
final class TriggerOperations {
  private static final int USUAL_LIMIT = 50;

  private final Triggers triggers;
  private final RunArchive archive;

  TriggerOperations(Triggers triggers, RunArchive archive) {
    this.triggers = triggers;
    this.archive = archive;
  }

  Reply put(Request request) throws IOException {
    String name = request.path("trigger");
    JsonObject spec = Submissions.object(request.body());
    Triggers.Put put = triggers.put(name, spec, request.principal().name());
    if (!put.problems().isEmpty()) {
      throw ApiException.unprocessable("the trigger cannot be set up", put.problems());
    }
    return shown(name, put.newSecret());
  }

  Reply get(Request request) {
    return shown(request.path("trigger"), null);
  }

  private Reply shown(String name, @Nullable String secret) {
    Triggers.View view = triggers.find(name);
    if (view == null) {
      throw unknown(name);
    }
    CanonicalWriter json = new CanonicalWriter();
    write(json, view, ScheduleOperations.runs(archive, Launch.TRIGGER, name), secret);
    return Reply.json(200, json);
  }

  private static ApiException unknown(String name) {
    return ApiException.notFound("there is no trigger " + name);
  }

  Reply list(Request request) {
    int limit = (int) request.number("limit", USUAL_LIMIT);
    String cursor = request.query("cursor");
    List<Triggers.View> page = triggers.list(cursor == null ? "" : cursor, limit);
    CanonicalWriter json = new CanonicalWriter().beginObject();
    if (page.size() == limit) {
      json.name("next").value(page.getLast().name());
    }
    json.name("triggers").beginArray();
    page.forEach(view -> write(json, view, null, null));
    return Reply.json(200, json.endArray().endObject());
  }

  Reply delete(Request request) throws IOException {
    if (!triggers.delete(request.path("trigger"))) {
      throw unknown(request.path("trigger"));
    }
    return Reply.nothing();
  }

  /** Takes a signed message; the signature is what gives the right. */
  Reply receive(String trigger, WebhookSignature.Message message) throws IOException {
    return switch (triggers.receive(trigger, message)) {
      case Triggers.Received.Unsigned(String why) -> throw ApiException.unsigned(why);
      case Triggers.Received.Unreadable(String why) -> throw ApiException.badRequest(why);
      case Triggers.Received.Taken(Launched.Started(String run)) -> {
        CanonicalWriter json = new CanonicalWriter().beginObject();
        yield Reply.json(202, json.name("run").value(run).endObject());
      }
      case Triggers.Received.Taken(Launched.Overlapping(String run)) -> {
        CanonicalWriter json = new CanonicalWriter().beginObject();
        yield Reply.json(200, json.name("overlapping").value(run).endObject());
      }
      case Triggers.Received.Taken(Launched.Refused(String why)) ->
          throw ApiException.unprocessable(why, List.of());
    };
  }

  private static void write(
      CanonicalWriter json,
      Triggers.View view,
      @Nullable List<RunRecord> runs,
      @Nullable String secret) {
    json.beginObject().name("by").value(view.by());
    if (runs != null) {
      json.name("lastRuns").beginArray();
      runs.forEach(run -> RunJson.write(json, run));
      json.endArray();
    }
    json.name("name").value(view.name());
    Failing.write(json, view.failing());
    if (secret != null) {
      json.name("secret").value(secret);
    }
    json.name("secrets").value((long) view.secrets());
    json.name("trigger").value((JsonValue) view.spec()).endObject();
  }
}

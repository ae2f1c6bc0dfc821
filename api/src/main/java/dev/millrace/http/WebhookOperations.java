package dev.millrace.http;

import dev.millrace.json.CanonicalWriter;
import dev.millrace.json.JsonNumber;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonString;
import dev.millrace.pipeline.Problem;
import dev.millrace.webhook.DeadLetter;
import dev.millrace.webhook.Webhook;
import dev.millrace.webhook.Webhooks;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** What can be asked about webhooks. Each answers on a thread that may wait. */
final class WebhookOperations {
  private static final int USUAL_LIMIT = 50;
  private static final int MOST_AT_ONCE = 1_000;

  private final Webhooks webhooks;

  WebhookOperations(Webhooks webhooks) {
    this.webhooks = webhooks;
  }

  /** Returns what is to be told of all runs. */
  LiveRuns.News news() {
    return new LiveRuns.News() {
      @Override
      public void committed(String run, long first) {
        webhooks.committed(run, first);
      }

      @Override
      public void expect(String run) throws IOException {
        webhooks.expect(run);
      }
    };
  }

  Reply put(Request request) throws IOException {
    String name = request.path("webhook");
    Webhook sent = Webhook.read(name, Submissions.object(request.body()));
    List<Problem> problems = webhooks.check(sent);
    if (!problems.isEmpty()) {
      throw ApiException.unprocessable("the webhook cannot be set up", problems);
    }
    boolean isNew = webhooks.find(name) == null;
    Webhook now = webhooks.put(sent.by(request.principal().name()));
    CanonicalWriter json = new CanonicalWriter();
    // A secret that was made here is told once; one that was sent is known to whoever sent it.
    now.write(json, isNew && sent.secret().isEmpty());
    return Reply.json(isNew ? 201 : 200, json);
  }

  Reply get(Request request) {
    CanonicalWriter json = new CanonicalWriter();
    webhook(request).write(json, false);
    return Reply.json(200, json);
  }

  private Webhook webhook(Request request) {
    String name = request.path("webhook");
    Webhook found = webhooks.find(name);
    if (found == null) {
      throw ApiException.notFound("there is no webhook " + name);
    }
    return found;
  }

  Reply list(Request request) {
    int limit = (int) request.number("limit", USUAL_LIMIT);
    String cursor = request.query("cursor");
    List<Webhook> page = webhooks.list(cursor == null ? "" : cursor, limit);
    CanonicalWriter json = new CanonicalWriter().beginObject();
    if (page.size() == limit) {
      json.name("next").value(page.getLast().name());
    }
    json.name("webhooks").beginArray();
    page.forEach(one -> one.write(json, false));
    return Reply.json(200, json.endArray().endObject());
  }

  Reply delete(Request request) throws IOException {
    if (!webhooks.delete(webhook(request).name())) {
      throw ApiException.notFound("there is no such webhook any more");
    }
    return new Reply(204, "application/json", new byte[0], Map.of());
  }

  Reply deadLetters(Request request) {
    int limit = (int) request.number("limit", USUAL_LIMIT);
    String cursor = request.query("cursor");
    List<DeadLetter> page =
        webhooks.deadLetters(webhook(request).name(), cursor == null ? "" : cursor, limit);
    CanonicalWriter json = new CanonicalWriter().beginObject().name("deadLetters").beginArray();
    page.forEach(one -> one.write(json));
    json.endArray();
    if (page.size() == limit) {
      json.name("next").value(page.getLast().cursor());
    }
    return Reply.json(200, json.endObject());
  }

  Reply redeliver(Request request) {
    String name = webhook(request).name();
    JsonObject which =
        request.body().length == 0 ? JsonObject.EMPTY : Submissions.object(request.body());
    List<DeadLetter> letters =
        webhooks.deadLetters(name, "", MOST_AT_ONCE).stream()
            .filter(letter -> isMeant(which, letter))
            .toList();
    webhooks.redeliver(name, letters);
    CanonicalWriter json = new CanonicalWriter().beginObject();
    return Reply.json(202, json.name("redelivering").value((long) letters.size()).endObject());
  }

  private static boolean isMeant(JsonObject which, DeadLetter letter) {
    return (!(which.get("run") instanceof JsonString(String run)) || run.equals(letter.run()))
        && (!(which.get("sequence") instanceof JsonNumber number)
            || number.asLong() == letter.sequence());
  }
}

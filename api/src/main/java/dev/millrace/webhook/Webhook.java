package dev.millrace.webhook;

import dev.millrace.journal.RunRecord;
import dev.millrace.json.CanonicalWriter;
import dev.millrace.json.JsonArray;
import dev.millrace.json.JsonNumber;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonReader;
import dev.millrace.json.JsonString;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Where events are sent, and which.
 *
 * @param events types of events, those that end with {@code *} by their beginning; empty for all
 * @param pipeline only runs of the pipeline with this name; empty for all
 * @param labels only runs that have all of these
 * @param secret what is signed with, as Standard Webhooks writes it
 * @param by who has set it up
 * @param createdMillis since 1970
 */
public record Webhook(
    String name,
    String url,
    List<String> events,
    String pipeline,
    SortedMap<String, String> labels,
    Patience patience,
    String secret,
    String by,
    long createdMillis) {

  boolean wants(RunRecord run) {
    return (pipeline.isEmpty() || run.pipeline().equals(pipeline))
        && run.labels().entrySet().containsAll(labels.entrySet());
  }

  boolean wants(String type) {
    return events.isEmpty() || events.stream().anyMatch(pattern -> matches(pattern, type));
  }

  private static boolean matches(String pattern, String type) {
    return pattern.endsWith("*")
        ? type.startsWith(pattern.substring(0, pattern.length() - 1))
        : type.equals(pattern);
  }

  /** Returns the same with another secret and beginning. */
  Webhook with(String otherSecret, long created) {
    return new Webhook(name, url, events, pipeline, labels, patience, otherSecret, by, created);
  }

  /** Returns the same, set up by somebody. */
  public Webhook by(String who) {
    return new Webhook(name, url, events, pipeline, labels, patience, secret, who, createdMillis);
  }

  /**
   * Reads what {@link #write} writes, or what a client sends.
   *
   * @param sent has a url; all else may be missing
   */
  public static Webhook read(String name, JsonObject sent) {
    JsonObject retry = sent.get("retry") instanceof JsonObject object ? object : JsonObject.EMPTY;
    Patience usual = Patience.USUAL;
    Patience patience =
        new Patience(
            number(retry, "firstDelayMillis", usual.firstMillis()),
            number(retry, "longestDelayMillis", usual.longestMillis()),
            number(retry, "giveUpAfterMillis", usual.giveUpMillis()));
    List<String> events = new ArrayList<>();
    if (sent.get("events") instanceof JsonArray list) {
      list.elements().forEach(one -> events.add(((JsonString) one).value()));
    }
    SortedMap<String, String> labels = new TreeMap<>();
    if (sent.get("labels") instanceof JsonObject object) {
      object.members().forEach((label, one) -> labels.put(label, ((JsonString) one).value()));
    }
    return new Webhook(
        name,
        text(sent, "url"),
        events,
        text(sent, "pipeline"),
        labels,
        patience,
        text(sent, "secret"),
        text(sent, "by"),
        number(sent, "createdAt", 0));
  }

  static Webhook parse(String name, String stored) {
    return read(name, (JsonObject) JsonReader.read(stored));
  }

  private static String text(JsonObject from, String name) {
    return from.get(name) instanceof JsonString(String text) ? text : "";
  }

  private static long number(JsonObject from, String name, long otherwise) {
    return from.get(name) instanceof JsonNumber number ? number.asLong() : otherwise;
  }

  /**
   * Writes it as an object.
   *
   * @param showSecret whether the secret is in it
   */
  public void write(CanonicalWriter json, boolean showSecret) {
    json.beginObject().name("by").value(by).name("createdAt").value(createdMillis);
    json.name("events").beginArray();
    events.forEach(json::value);
    json.endArray().name("labels").beginObject();
    for (Map.Entry<String, String> label : labels.entrySet()) {
      json.name(label.getKey()).value(label.getValue());
    }
    json.endObject().name("name").value(name);
    if (!pipeline.isEmpty()) {
      json.name("pipeline").value(pipeline);
    }
    json.name("retry").beginObject();
    json.name("firstDelayMillis").value(patience.firstMillis());
    json.name("giveUpAfterMillis").value(patience.giveUpMillis());
    json.name("longestDelayMillis").value(patience.longestMillis()).endObject();
    if (showSecret) {
      json.name("secret").value(secret);
    }
    json.name("url").value(url).endObject();
  }

  String stored() {
    CanonicalWriter json = new CanonicalWriter();
    write(json, true);
    return new String(json.toBytes(), StandardCharsets.UTF_8);
  }
}

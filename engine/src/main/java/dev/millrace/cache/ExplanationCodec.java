package dev.millrace.cache;

import dev.millrace.digest.Digest;
import dev.millrace.json.CanonicalWriter;
import dev.millrace.json.JsonArray;
import dev.millrace.json.JsonNumber;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonString;
import dev.millrace.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Explanations as JSON. */
public final class ExplanationCodec {
  private ExplanationCodec() {}

  /** Writes an explanation as one JSON value. */
  public static void write(CanonicalWriter out, Explanation explanation) {
    out.beginObject();
    switch (explanation) {
      case Explanation.Hit(var producer) -> {
        ProducerCodec.write(out.name("producer"), producer);
        out.name("type").value("hit");
      }
      case Explanation.FirstTime _ -> out.name("type").value("first-time");
      case Explanation.Changed(var since, var changes) -> {
        changes(out.name("changes"), changes);
        ProducerCodec.write(out.name("producer"), since);
        out.name("type").value("changed");
      }
      case Explanation.Incomplete(var producer, var missing) -> {
        out.name("missing").beginArray();
        for (Digest digest : missing) {
          out.beginObject().name("digest").value(digest.text());
          out.name("size").value(digest.size()).endObject();
        }
        out.endArray();
        ProducerCodec.write(out.name("producer"), producer);
        out.name("type").value("incomplete");
      }
      case Explanation.Dropped _ -> out.name("type").value("dropped");
      case Explanation.Off _ -> out.name("type").value("off");
      case Explanation.Refresh _ -> out.name("type").value("refresh");
      case Explanation.Verify(var recorded) -> {
        ProducerCodec.write(out.name("producer"), recorded);
        out.name("type").value("verify");
      }
    }
    out.endObject();
  }

  private static void changes(CanonicalWriter out, List<Explanation.Change> changes) {
    out.beginArray();
    for (Explanation.Change change : changes) {
      out.beginObject();
      if (change.after() != null) {
        out.name("after").value(change.after());
      }
      if (change.before() != null) {
        out.name("before").value(change.before());
      }
      out.name("field").value(change.field()).endObject();
    }
    out.endArray();
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws IllegalArgumentException if it is something else
   */
  public static Explanation read(JsonObject json) {
    String type = text(json, "type");
    return switch (type) {
      case "hit" -> new Explanation.Hit(ProducerCodec.read(Members.object(json, "producer")));
      case "first-time" -> new Explanation.FirstTime();
      case "changed" ->
          new Explanation.Changed(
              ProducerCodec.read(Members.object(json, "producer")), changes(json));
      case "incomplete" ->
          new Explanation.Incomplete(
              ProducerCodec.read(Members.object(json, "producer")), missing(json));
      case "dropped" -> new Explanation.Dropped();
      case "off" -> new Explanation.Off();
      case "refresh" -> new Explanation.Refresh();
      case "verify" -> new Explanation.Verify(ProducerCodec.read(Members.object(json, "producer")));
      default -> throw new IllegalArgumentException("no explanation of type " + type);
    };
  }

  private static List<Explanation.Change> changes(JsonObject json) {
    List<Explanation.Change> changes = new ArrayList<>();
    for (JsonValue element : ((JsonArray) member(json, "changes")).elements()) {
      JsonObject change = (JsonObject) element;
      changes.add(
          new Explanation.Change(
              text(change, "field"), optional(change, "before"), optional(change, "after")));
    }
    return changes;
  }

  private static List<Digest> missing(JsonObject json) {
    List<Digest> missing = new ArrayList<>();
    for (JsonValue element : ((JsonArray) member(json, "missing")).elements()) {
      JsonObject digest = (JsonObject) element;
      missing.add(
          Digest.parse(text(digest, "digest"), ((JsonNumber) member(digest, "size")).asLong()));
    }
    return missing;
  }

  private static JsonValue member(JsonObject json, String name) {
    JsonValue member = json.get(name);
    if (member == null) {
      throw new IllegalArgumentException("no member " + name);
    }
    return member;
  }

  private static String text(JsonObject json, String name) {
    return ((JsonString) member(json, name)).value();
  }

  private static @Nullable String optional(JsonObject json, String name) {
    return json.get(name) instanceof JsonString text ? text.value() : null;
  }
}

package dev.millrace.runtime;

import dev.millrace.content.Artifact;
import dev.millrace.digest.Digest;
import dev.millrace.json.CanonicalJson;
import dev.millrace.json.JsonBoolean;
import dev.millrace.json.JsonNumber;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonString;
import dev.millrace.json.JsonText;
import dev.millrace.json.JsonValue;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;

/**
 * All that is asked with a run. Two equal submissions are the same work: an interrupted run is
 * continued by submitting it again.
 *
 * @param document the pipeline document, as parsed
 * @param params values given for parameters, by name; defaults are not in it
 * @param sources content of every path that the document names, by the path as written
 * @param labels the user's, for searching
 * @param refresh run every task even where a result is recorded, and record the new one
 * @param verify the share of tasks, from 0 to 1, that run though a result is recorded, to see
 *     whether they come to the same; the recorded result stays
 * @param folder from which the document's paths are read, as a way from the state directory: for
 *     reading files again that were lost from the store; empty where it is not known. Work that was
 *     moved is the same work, so it is no part of what names a submission
 */
public record Submission(
    JsonObject document,
    Map<String, JsonValue> params,
    Map<String, Artifact> sources,
    Map<String, String> labels,
    boolean refresh,
    double verify,
    String folder) {

  public Submission {
    params = new TreeMap<>(params);
    sources = new TreeMap<>(sources);
    labels = new TreeMap<>(labels);
    if (!(verify >= 0 && verify <= 1)) {
      throw new IllegalArgumentException("verify must be from 0 to 1, not " + verify);
    }
  }

  /** A submission of no known folder that verifies nothing. */
  public Submission(
      JsonObject document,
      Map<String, JsonValue> params,
      Map<String, Artifact> sources,
      Map<String, String> labels,
      boolean refresh) {
    this(document, params, sources, labels, refresh, 0, "");
  }

  /**
   * Returns the document as it is kept, in the order in which it was written: the numbers of tasks,
   * of which the run's facts speak, follow from that order.
   */
  byte[] documentBytes() {
    return JsonText.compact(document).getBytes(StandardCharsets.UTF_8);
  }

  /** Returns the name of all that was submitted: equal submissions have equal digests. */
  public Digest digest() {
    return digest(Digest.of(documentBytes()));
  }

  /**
   * Returns the name of all that was submitted.
   *
   * @param documentBlob of {@link #documentBytes}
   */
  Digest digest(Digest documentBlob) {
    return Digest.of(CanonicalJson.bytes(new JsonObject(named(documentBlob))));
  }

  /**
   * Returns what the run's first fact keeps.
   *
   * @param documentBlob names the document in the content store
   */
  JsonObject toJson(Digest documentBlob) {
    SequencedMap<String, JsonValue> members = named(documentBlob);
    if (!folder.isEmpty()) {
      members.put("folder", new JsonString(folder));
    }
    return new JsonObject(members);
  }

  /** Returns what tells one submission from another. */
  private SequencedMap<String, JsonValue> named(Digest documentBlob) {
    SequencedMap<String, JsonValue> members = new LinkedHashMap<>();
    members.put("document", digestJson(documentBlob));
    members.put("params", JsonObject.of(params));
    SequencedMap<String, JsonValue> sourcesJson = new LinkedHashMap<>();
    sources.forEach((path, artifact) -> sourcesJson.put(path, artifactJson(artifact)));
    members.put("sources", new JsonObject(sourcesJson));
    SequencedMap<String, JsonValue> labelsJson = new LinkedHashMap<>();
    labels.forEach((name, value) -> labelsJson.put(name, new JsonString(value)));
    members.put("labels", new JsonObject(labelsJson));
    members.put("refresh", JsonBoolean.of(refresh));
    if (verify > 0) {
      members.put("verify", new JsonNumber(verify));
    }
    return members;
  }

  /** Reads what {@link #toJson} wrote. */
  static Submission fromJson(JsonObject json, JsonObject document) {
    Map<String, Artifact> sources = new TreeMap<>();
    object(json, "sources")
        .members()
        .forEach((path, artifact) -> sources.put(path, artifact(artifact)));
    Map<String, String> labels = new TreeMap<>();
    object(json, "labels")
        .members()
        .forEach((name, value) -> labels.put(name, ((JsonString) value).value()));
    boolean refresh = JsonBoolean.TRUE.equals(json.get("refresh"));
    double verify = json.get("verify") instanceof JsonNumber(double share) ? share : 0;
    String folder = json.get("folder") instanceof JsonString(String text) ? text : "";
    return new Submission(
        document, object(json, "params").members(), sources, labels, refresh, verify, folder);
  }

  /** Returns which blob holds the document. */
  static Digest documentBlob(JsonObject json) {
    return digest(object(json, "document"));
  }

  private static JsonObject object(JsonObject json, String name) {
    return json.get(name) instanceof JsonObject member ? member : JsonObject.EMPTY;
  }

  static JsonObject artifactJson(Artifact artifact) {
    SequencedMap<String, JsonValue> members =
        new LinkedHashMap<>(digestJson(artifact.digest()).members());
    members.put("kind", new JsonString(artifact.kind().label()));
    return new JsonObject(members);
  }

  static Artifact artifact(JsonValue json) {
    if (json instanceof JsonObject object && object.get("kind") instanceof JsonString kind) {
      return new Artifact(Artifact.Kind.ofLabel(kind.value()), digest(object));
    }
    throw new IllegalArgumentException("no artifact: " + json);
  }

  static JsonObject digestJson(Digest digest) {
    SequencedMap<String, JsonValue> members = new LinkedHashMap<>();
    members.put("digest", new JsonString(digest.text()));
    members.put("size", new JsonNumber(digest.size()));
    return new JsonObject(members);
  }

  static Digest digest(JsonObject json) {
    if (json.get("digest") instanceof JsonString hash
        && json.get("size") instanceof JsonNumber size) {
      return Digest.parse(hash.value(), size.asLong());
    }
    throw new IllegalArgumentException("no digest: " + json);
  }
}

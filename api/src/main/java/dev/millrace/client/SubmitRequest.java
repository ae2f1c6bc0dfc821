package dev.millrace.client;

import dev.millrace.content.Artifact;
import dev.millrace.json.JsonBoolean;
import dev.millrace.json.JsonNumber;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonString;
import dev.millrace.json.JsonText;
import dev.millrace.json.JsonValue;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;

/**
 * What is submitted to a server.
 *
 * @param pipeline the document; the order of its members counts
 * @param params values of parameters by name
 * @param sources the content of every path that the document names, by the path as written
 * @param labels for finding the run again
 * @param refresh whether every task is run even where a result is recorded
 * @param verify the share of cached tasks, from 0 to 1, that run to be compared
 */
public record SubmitRequest(
    JsonObject pipeline,
    Map<String, JsonValue> params,
    Map<String, Artifact> sources,
    Map<String, String> labels,
    boolean refresh,
    double verify) {

  public SubmitRequest {
    params = Map.copyOf(params);
    sources = Map.copyOf(sources);
    labels = Map.copyOf(labels);
  }

  /** Returns what is submitted of a document that names no files. */
  public static SubmitRequest of(JsonObject pipeline, Map<String, JsonValue> params) {
    return new SubmitRequest(pipeline, params, Map.of(), Map.of(), false, 0);
  }

  /** Returns the same with labels. */
  public SubmitRequest withLabels(Map<String, String> newLabels) {
    return new SubmitRequest(pipeline, params, sources, newLabels, refresh, verify);
  }

  /** Returns the body of the request. */
  String json() {
    SequencedMap<String, JsonValue> members = new LinkedHashMap<>();
    members.put("pipeline", pipeline);
    members.put("params", JsonObject.of(new TreeMap<>(params)));
    Map<String, JsonValue> named = new TreeMap<>();
    sources.forEach((path, artifact) -> named.put(path, value(artifact)));
    members.put("sources", JsonObject.of(named));
    Map<String, JsonValue> texts = new TreeMap<>();
    labels.forEach((name, value) -> texts.put(name, new JsonString(value)));
    members.put("labels", JsonObject.of(texts));
    members.put("refresh", JsonBoolean.of(refresh));
    members.put("verify", new JsonNumber(verify));
    return JsonText.compact(new JsonObject(members));
  }

  /** Returns the value of a parameter that is a file or directory. */
  public static JsonObject value(Artifact artifact) {
    SequencedMap<String, JsonValue> members = new LinkedHashMap<>();
    members.put("digest", new JsonString(artifact.digest().text()));
    members.put("kind", new JsonString(artifact.kind().label()));
    members.put("size", new JsonNumber(artifact.digest().size()));
    return new JsonObject(members);
  }
}

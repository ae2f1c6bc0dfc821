package dev.millrace.wire;

import dev.millrace.cache.ActionResult;
import dev.millrace.content.Artifact;
import dev.millrace.digest.Digest;
import dev.millrace.json.CanonicalWriter;
import dev.millrace.run.Failure;
import dev.millrace.run.RunEvent;

/**
 * Results and failures as programs get them: a contract, unlike the form in which they are kept.
 */
public final class ResultJson {
  private ResultJson() {}

  /** Writes the member {@code result}. */
  public static void result(CanonicalWriter json, ActionResult result) {
    json.name("result").beginObject().name("exitCode").value(result.exitCode());
    json.name("finishedAt").value(result.finished().toEpochMilli());
    json.name("metrics").beginObject();
    result.metrics().forEach((name, value) -> json.name(name).value(value.doubleValue()));
    json.endObject().name("outputs").beginObject();
    result.outputs().forEach((name, artifact) -> artifact(json.name(name), artifact));
    producer(json.endObject().name("producer"), result.producer());
    digest(json.name("stderr"), result.stderr());
    digest(json.name("stdout"), result.stdout());
    json.name("usage").beginObject().name("cpuMillis").value(result.usage().cpuMillis());
    json.name("maxRssBytes").value(result.usage().maxRssBytes());
    json.name("wallMillis").value(result.usage().wallMillis()).endObject();
    json.endObject();
  }

  /** Writes the members of the fact that a result differs from the recorded one. */
  public static void difference(CanonicalWriter json, RunEvent.ResultDiffered fact) {
    json.name("attempt").value(fact.attempt()).name("outputs").beginArray();
    fact.outputs().forEach(json::value);
    producer(json.endArray().name("recorded"), fact.recorded());
  }

  private static void producer(CanonicalWriter json, ActionResult.Producer producer) {
    json.beginObject().name("attempt").value(producer.attempt());
    json.name("run").value(producer.run());
    json.name("task").value(producer.task());
    json.name("worker").value(producer.worker()).endObject();
  }

  /** Writes the member {@code failure}. */
  public static void failure(CanonicalWriter json, Failure failure) {
    json.name("failure").beginObject().name("exitCode").value(failure.exitCode());
    json.name("kind").value(failure.kind().label());
    json.name("message").value(failure.message());
    digest(json.name("stderr"), failure.stderr());
    digest(json.name("stdout"), failure.stdout());
    json.endObject();
  }

  /** Writes an artifact as a value. */
  public static void artifact(CanonicalWriter json, Artifact artifact) {
    json.beginObject().name("digest").value(artifact.digest().text());
    json.name("kind").value(artifact.kind().label());
    json.name("size").value(artifact.digest().size()).endObject();
  }

  private static void digest(CanonicalWriter json, Digest digest) {
    json.beginObject().name("digest").value(digest.text());
    json.name("size").value(digest.size()).endObject();
  }
}

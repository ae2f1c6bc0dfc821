package dev.millrace.cache;

import dev.millrace.cache.ActionResult.Producer;
import dev.millrace.content.Artifact;
import dev.millrace.digest.Digest;
import dev.millrace.executor.ResourceUsage;
import dev.millrace.json.CanonicalWriter;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonReader;
import java.time.Instant;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The stored form of results, as canonical JSON. Times are numbers: to parse the text form of an
 * instant would load half of java.time.format when a cached run starts.
 */
public final class ResultCodec {

  private ResultCodec() {}

  /**
   * Returns the stored form.
   *
   * @throws IllegalArgumentException if a metric is not finite or a text has half a surrogate pair
   */
  public static String text(ActionResult result) {
    CanonicalWriter writer = new CanonicalWriter();
    write(writer, result);
    return writer.toText();
  }

  /** Writes the stored form as one JSON value. */
  public static void write(CanonicalWriter writer, ActionResult result) {
    writer.beginObject();
    writer.name("exitCode").value(result.exitCode());
    time(writer.name("finished"), result.finished());
    metrics(writer.name("metrics"), result.metrics());
    ArtifactCodec.write(writer.name("outputs"), result.outputs());
    producer(writer.name("producer"), result.producer());
    ArtifactCodec.write(writer.name("stderr"), result.stderr());
    ArtifactCodec.write(writer.name("stdout"), result.stdout());
    usage(writer.name("usage"), result.usage());
    writer.endObject();
  }

  private static void time(CanonicalWriter writer, Instant time) {
    writer.beginObject().name("nanos").value(time.getNano());
    writer.name("seconds").value(time.getEpochSecond()).endObject();
  }

  private static void metrics(CanonicalWriter writer, SortedMap<String, Double> metrics) {
    writer.beginObject();
    metrics.forEach((name, value) -> writer.name(name).value(value.doubleValue()));
    writer.endObject();
  }

  private static void producer(CanonicalWriter writer, Producer producer) {
    writer.beginObject().name("attempt").value(producer.attempt());
    writer.name("run").value(producer.run());
    writer.name("task").value(producer.task());
    writer.name("worker").value(producer.worker()).endObject();
  }

  private static void usage(CanonicalWriter writer, ResourceUsage usage) {
    writer.beginObject().name("cpuMillis").value(usage.cpuMillis());
    writer.name("maxRssBytes").value(usage.maxRssBytes());
    writer.name("wallMillis").value(usage.wallMillis()).endObject();
  }

  /**
   * Reads a result back.
   *
   * @throws IllegalArgumentException if the text is not the form of a result
   */
  public static ActionResult parse(String text) {
    return read(Members.object(JsonReader.read(text)));
  }

  /**
   * Reads a result back.
   *
   * @throws IllegalArgumentException if the object is not the form of a result
   */
  public static ActionResult read(JsonObject object) {
    JsonObject finished = Members.object(object, "finished");
    return new ActionResult(
        ArtifactCodec.read(Members.object(object, "outputs")),
        metrics(Members.object(object, "metrics")),
        (int) Members.whole(object, "exitCode"),
        ArtifactCodec.digest(Members.object(object, "stdout")),
        ArtifactCodec.digest(Members.object(object, "stderr")),
        producer(Members.object(object, "producer")),
        Instant.ofEpochSecond(Members.whole(finished, "seconds"), Members.whole(finished, "nanos")),
        usage(Members.object(object, "usage")));
  }

  private static SortedMap<String, Double> metrics(JsonObject object) {
    SortedMap<String, Double> metrics = new TreeMap<>();
    for (String name : object.members().keySet()) {
      metrics.put(name, Members.number(object, name));
    }
    return metrics;
  }

  private static Producer producer(JsonObject object) {
    return new Producer(
        Members.text(object, "run"),
        Members.text(object, "task"),
        (int) Members.whole(object, "attempt"),
        Members.text(object, "worker"));
  }

  private static ResourceUsage usage(JsonObject object) {
    return new ResourceUsage(
        Members.whole(object, "wallMillis"),
        Members.whole(object, "cpuMillis"),
        Members.whole(object, "maxRssBytes"));
  }

  /** Returns a digest over the outputs alone: results that differ in it are different results. */
  public static Digest outputsDigest(SortedMap<String, Artifact> outputs) {
    CanonicalWriter writer = new CanonicalWriter();
    ArtifactCodec.write(writer, outputs);
    return Digest.of(writer.toBytes());
  }
}

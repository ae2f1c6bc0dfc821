package dev.millrace.cache;

import dev.millrace.content.Artifact;
import dev.millrace.digest.Digest;
import dev.millrace.executor.ResourceUsage;
import dev.millrace.json.CanonicalWriter;
import dev.millrace.json.JsonObject;
import java.time.Instant;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Results as canonical JSON, for facts; caches store {@link PackedResult}. Times are numbers: to
 * parse the text form of an instant would load half of java.time.format when a cached run starts.
 */
public final class ResultCodec {

  private ResultCodec() {}

  /**
   * Writes a result as one JSON value.
   *
   * @throws IllegalArgumentException if a metric is not finite or a text has half a surrogate pair
   */
  public static void write(CanonicalWriter writer, ActionResult result) {
    writer.beginObject();
    writer.name("exitCode").value(result.exitCode());
    time(writer.name("finished"), result.finished());
    metrics(writer.name("metrics"), result.metrics());
    ArtifactCodec.write(writer.name("outputs"), result.outputs());
    ProducerCodec.write(writer.name("producer"), result.producer());
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

  private static void usage(CanonicalWriter writer, ResourceUsage usage) {
    writer.beginObject().name("cpuMillis").value(usage.cpuMillis());
    writer.name("maxRssBytes").value(usage.maxRssBytes());
    writer.name("wallMillis").value(usage.wallMillis()).endObject();
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
        ProducerCodec.read(Members.object(object, "producer")),
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

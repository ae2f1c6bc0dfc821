package dev.millrace.cache;

import dev.millrace.cache.ActionResult.Producer;
import dev.millrace.content.Artifact;
import dev.millrace.digest.Digest;
import dev.millrace.executor.ResourceUsage;
import java.time.Instant;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The form in which action caches store results. A third of the bytes of JSON and a tenth of the
 * time to read: an all-cached run reads one for each of its tasks.
 */
public final class PackedResult {
  /** Written first, so that a later form can be told from this one. */
  private static final int FORM = 1;

  private PackedResult() {}

  /**
   * Returns the stored form.
   *
   * @throws IllegalArgumentException if a metric is not finite or a text has half a surrogate pair
   */
  public static byte[] of(ActionResult result) {
    PackedWriter out = new PackedWriter().whole(FORM).whole(result.exitCode());
    out.time(result.finished());
    Producer producer = result.producer();
    out.text(producer.run()).text(producer.task()).whole(producer.attempt());
    out.text(producer.worker());
    ResourceUsage usage = result.usage();
    out.whole(usage.wallMillis()).whole(usage.cpuMillis()).whole(usage.maxRssBytes());
    out.digest(result.stdout()).digest(result.stderr());
    artifacts(out, result.outputs());
    out.whole(result.metrics().size());
    result.metrics().forEach((name, value) -> out.text(name).number(value));
    return out.toBytes();
  }

  private static void artifacts(PackedWriter out, SortedMap<String, Artifact> artifacts) {
    out.whole(artifacts.size());
    for (Map.Entry<String, Artifact> entry : artifacts.entrySet()) {
      Artifact artifact = entry.getValue();
      out.text(entry.getKey()).text(artifact.kind().label()).digest(artifact.digest());
    }
  }

  /**
   * Reads a result back.
   *
   * @throws IllegalArgumentException if the bytes are not the form of a result
   */
  public static ActionResult read(byte[] bytes) {
    PackedReader in = new PackedReader(bytes);
    long form = in.whole();
    if (form != FORM) {
      throw new IllegalArgumentException("a result of form " + form);
    }
    int exitCode = in.small();
    Instant finished = in.time();
    Producer producer = new Producer(in.text(), in.text(), in.small(), in.text());
    ResourceUsage usage = new ResourceUsage(in.whole(), in.whole(), in.whole());
    Digest stdout = in.digest();
    Digest stderr = in.digest();
    SortedMap<String, Artifact> outputs = artifacts(in);
    SortedMap<String, Double> metrics = metrics(in);
    in.end();
    return new ActionResult(outputs, metrics, exitCode, stdout, stderr, producer, finished, usage);
  }

  private static SortedMap<String, Artifact> artifacts(PackedReader in) {
    SortedMap<String, Artifact> artifacts = new TreeMap<>();
    for (int left = in.small(); left > 0; left--) {
      String name = in.text();
      artifacts.put(name, new Artifact(Artifact.Kind.ofLabel(in.text()), in.digest()));
    }
    return artifacts;
  }

  private static SortedMap<String, Double> metrics(PackedReader in) {
    SortedMap<String, Double> metrics = new TreeMap<>();
    for (int left = in.small(); left > 0; left--) {
      metrics.put(in.text(), in.number());
    }
    return metrics;
  }
}

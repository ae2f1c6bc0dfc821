package dev.millrace.runtime;

import dev.millrace.content.Artifact;
import dev.millrace.content.ContentStore;
import dev.millrace.digest.Digest;
import dev.millrace.json.JsonException;
import dev.millrace.json.JsonReader;
import dev.millrace.json.JsonValue;
import dev.millrace.pipeline.OutputSpec;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Reads the small JSON documents among the outputs of steps. Safe for use by many threads. */
final class ResultReader {
  /** The largest JSON output that expressions can read, in bytes. */
  static final long MAX_JSON = 4 << 20;

  private static final int REMEMBERED = 256;

  private final ContentStore store;
  private final Map<Digest, JsonValue> recent =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Digest, JsonValue> eldest) {
          return size() > REMEMBERED;
        }
      };

  ResultReader(ContentStore store) {
    this.store = store;
  }

  /**
   * Checks that outputs are what their kinds say.
   *
   * @return all metrics
   * @throws IllegalArgumentException where one is not; the message names it
   */
  SortedMap<String, Double> check(List<OutputSpec> declared, Map<String, Artifact> outputs)
      throws IOException {
    SortedMap<String, Double> metrics = new TreeMap<>();
    for (OutputSpec output : declared) {
      Artifact artifact = outputs.get(output.name());
      if (artifact == null) {
        continue;
      }
      switch (output.kind()) {
        case JSON -> read(output.name(), artifact);
        case METRICS -> metrics.putAll(metrics(output.name(), artifact));
        case FILE, MODEL, REPORT -> {}
      }
    }
    return metrics;
  }

  private SortedMap<String, Double> metrics(String name, Artifact artifact) throws IOException {
    try {
      return Metrics.of(read(name, artifact));
    } catch (JsonException e) {
      throw e;
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("output " + name + ": " + e.getMessage(), e);
    }
  }

  /**
   * Reads a JSON output.
   *
   * @param name for messages
   * @throws IllegalArgumentException if it is too large or no JSON
   */
  JsonValue read(String name, Artifact artifact) throws IOException {
    if (artifact.kind() == Artifact.Kind.TREE) {
      throw new IllegalArgumentException("output " + name + " is a directory, not a JSON file");
    }
    Digest digest = artifact.digest();
    if (digest.size() > MAX_JSON) {
      throw new IllegalArgumentException(
          "output " + name + " has " + digest.size() + " bytes: JSON outputs may have " + MAX_JSON);
    }
    synchronized (recent) {
      JsonValue known = recent.get(digest);
      if (known != null) {
        return known;
      }
    }
    JsonValue value;
    try {
      value = JsonReader.read(store.read(digest));
    } catch (JsonException e) {
      throw new IllegalArgumentException("output " + name + " is no JSON: " + e.getMessage(), e);
    }
    synchronized (recent) {
      recent.put(digest, value);
    }
    return value;
  }
}

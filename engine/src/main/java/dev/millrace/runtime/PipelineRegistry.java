package dev.millrace.runtime;

import dev.millrace.content.Artifact;
import dev.millrace.content.ContentStore;
import dev.millrace.content.MissingBlobException;
import dev.millrace.digest.Digest;
import dev.millrace.journal.DefinitionStore;
import dev.millrace.journal.DefinitionStore.Definition;
import dev.millrace.json.CanonicalJson;
import dev.millrace.json.CanonicalWriter;
import dev.millrace.json.JsonArray;
import dev.millrace.json.JsonNumber;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonReader;
import dev.millrace.json.JsonString;
import dev.millrace.json.JsonText;
import dev.millrace.json.JsonValue;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Pipelines that were given to be kept under their names, each in versions. A version is named by
 * what it holds: the document with the content of every path that it names. Both are in the content
 * store as one blob, in the order in which the document was written; the database has one row for
 * each pipeline, so that every change is whole. Safe for use by many threads.
 */
public final class PipelineRegistry {
  /** A pipeline can have so many versions. */
  public static final int MOST_VERSIONS = 1_000;

  private static final String KIND = "pipeline";
  private static final int PAGE = 500;

  private final DefinitionStore definitions;
  private final ContentStore store;

  PipelineRegistry(DefinitionStore definitions, ContentStore store) {
    this.definitions = definitions;
    this.store = store;
  }

  /**
   * A version of a pipeline.
   *
   * @param pipeline the name
   * @param version the first 12 hexadecimal digits of {@code content}
   * @param content hash over the canonical form of the document and its sources
   * @param blob holds them as they were given
   * @param registeredAtMillis when it was first registered, since the epoch
   * @param by who did
   */
  public record Version(
      String pipeline,
      String version,
      String content,
      Digest blob,
      long registeredAtMillis,
      String by) {

    /** Returns {@code name@version}. */
    public String reference() {
      return pipeline + '@' + version;
    }
  }

  /**
   * What a version holds.
   *
   * @param document as it was written
   * @param sources content of every path that the document names, by the path
   */
  public record Content(JsonObject document, Map<String, Artifact> sources) {
    public Content {
      sources = new TreeMap<>(sources);
    }

    private JsonObject json() {
      SequencedMap<String, JsonValue> members = new LinkedHashMap<>();
      members.put("pipeline", document);
      SequencedMap<String, JsonValue> named = new LinkedHashMap<>();
      sources.forEach((path, artifact) -> named.put(path, Submission.artifactJson(artifact)));
      members.put("sources", new JsonObject(named));
      return new JsonObject(members);
    }
  }

  /** A pipeline with all of its versions, the latest first; never empty. */
  public record Registered(String name, List<Version> versions) {
    public Registered {
      versions = List.copyOf(versions);
    }

    /** Returns the version that the bare name stands for. */
    public Version latest() {
      return versions.getFirst();
    }
  }

  /**
   * Makes some content the latest version of a pipeline. What was registered before is the same
   * version again.
   *
   * @throws IllegalStateException if the pipeline has as many versions as it can have; the message
   *     says what to do
   * @throws IOException if it cannot be recorded
   */
  public Version register(String name, Content content, String by, Instant now) throws IOException {
    JsonObject json = content.json();
    Digest identity = Digest.of(CanonicalJson.bytes(json));
    Digest blob = store.put(JsonText.compact(json).getBytes(StandardCharsets.UTF_8));
    Version made =
        new Version(name, identity.abbreviated(), identity.text(), blob, now.toEpochMilli(), by);
    definitions.change(KIND, name, row -> write(added(versions(name, row), made)));
    return find(name, made.version).orElse(made);
  }

  private static List<Version> added(List<Version> before, Version made) {
    List<Version> after = new ArrayList<>();
    after.add(made);
    for (Version old : before) {
      if (old.version.equals(made.version)) {
        refuseOther(old, made);
        after.set(0, withBlob(old, made.blob));
      } else {
        after.add(old);
      }
    }
    if (after.size() > MOST_VERSIONS) {
      throw new IllegalStateException(
          "pipeline %s has %d versions, which is the most; delete some of them"
              .formatted(made.pipeline, MOST_VERSIONS));
    }
    return after;
  }

  private static void refuseOther(Version old, Version made) {
    if (!old.content.equals(made.content)) {
      throw new IllegalStateException(
          "another version of pipeline %s has the same short name %s; change the document"
              .formatted(made.pipeline, made.version));
    }
  }

  /** The same content in another order is the same version; the blob sent last is surely there. */
  private static Version withBlob(Version old, Digest blob) {
    return new Version(
        old.pipeline, old.version, old.content, blob, old.registeredAtMillis, old.by);
  }

  /** Lists pipelines by name, behind the name {@code after}, at most {@code limit} of them. */
  public List<Registered> list(String after, int limit) {
    List<Registered> page = new ArrayList<>();
    for (Definition row : definitions.list(KIND, after, limit)) {
      page.add(new Registered(row.name(), versions(row.name(), row.value())));
    }
    return page;
  }

  /** Returns the pipeline of that name. */
  public Optional<Registered> find(String name) {
    return definitions.find(KIND, name).map(row -> new Registered(name, versions(name, row)));
  }

  /** Returns a version of a pipeline. */
  public Optional<Version> find(String name, String version) {
    return find(name).stream()
        .flatMap(pipeline -> pipeline.versions.stream())
        .filter(one -> one.version.equals(version))
        .findFirst();
  }

  /**
   * Returns the version that a reference means.
   *
   * @param reference {@code name@version}, or a name for its latest version
   */
  public Optional<Version> resolve(String reference) {
    int at = reference.indexOf('@');
    return at < 0
        ? find(reference).map(Registered::latest)
        : find(reference.substring(0, at), reference.substring(at + 1));
  }

  /**
   * Reads what a version holds.
   *
   * @throws MissingBlobException if it is gone from the store
   */
  public Content read(Version version) throws IOException {
    JsonObject json = (JsonObject) JsonReader.read(store.read(version.blob));
    Map<String, Artifact> sources = new TreeMap<>();
    ((JsonObject) member(json, "sources"))
        .members()
        .forEach((path, artifact) -> sources.put(path, Submission.artifact(artifact)));
    return new Content((JsonObject) member(json, "pipeline"), sources);
  }

  /**
   * Forgets a pipeline; runs of it stay.
   *
   * @return false if there was none
   */
  public boolean delete(String name) throws IOException {
    boolean known = find(name).isPresent();
    definitions.change(KIND, name, _ -> null);
    return known;
  }

  /**
   * Forgets a version, and the pipeline with its last one.
   *
   * @return false if there was none
   */
  public boolean delete(String name, String version) throws IOException {
    boolean known = find(name, version).isPresent();
    definitions.change(
        KIND,
        name,
        row -> {
          List<Version> left = new ArrayList<>(versions(name, row));
          left.removeIf(one -> one.version.equals(version));
          return left.isEmpty() ? null : write(left);
        });
    return known;
  }

  /** Adds what a collection must leave, so that every version can be run. */
  void addKept(Set<Artifact> artifacts) throws IOException {
    String after = "";
    for (List<Registered> page = list(after, PAGE); !page.isEmpty(); page = list(after, PAGE)) {
      for (Registered pipeline : page) {
        for (Version version : pipeline.versions) {
          artifacts.add(Artifact.file(version.blob));
          addSources(version, artifacts);
        }
        after = pipeline.name;
      }
    }
  }

  private void addSources(Version version, Set<Artifact> artifacts) throws IOException {
    try {
      artifacts.addAll(read(version).sources.values());
    } catch (MissingBlobException e) {
      // It cannot be run until it is registered again, and its sources with it.
    }
  }

  private static List<Version> versions(String name, @Nullable String row) {
    List<Version> versions = new ArrayList<>();
    if (row != null
        && member((JsonObject) JsonReader.read(row), "versions") instanceof JsonArray a) {
      a.elements().forEach(one -> versions.add(version(name, (JsonObject) one)));
    }
    return versions;
  }

  private static Version version(String name, JsonObject json) {
    return new Version(
        name,
        text(json, "version"),
        text(json, "content"),
        Submission.digest((JsonObject) member(json, "blob")),
        ((JsonNumber) member(json, "registeredAt")).asLong(),
        text(json, "by"));
  }

  private static String text(JsonObject json, String name) {
    return ((JsonString) member(json, name)).value();
  }

  private static JsonValue member(JsonObject json, String name) {
    JsonValue value = json.get(name);
    if (value == null) {
      throw new IllegalArgumentException("no " + name + ": " + json);
    }
    return value;
  }

  private static String write(List<Version> versions) {
    CanonicalWriter json = new CanonicalWriter().beginObject().name("versions").beginArray();
    for (Version one : versions) {
      json.beginObject().name("blob").value(Submission.digestJson(one.blob));
      json.name("by").value(one.by).name("content").value(one.content);
      json.name("registeredAt").value(one.registeredAtMillis);
      json.name("version").value(one.version).endObject();
    }
    return json.endArray().endObject().toText();
  }
}

package dev.millrace.http;

import dev.millrace.automation.Launch;
import dev.millrace.content.Artifact;
import dev.millrace.content.MissingBlobException;
import dev.millrace.content.TreeMeasure;
import dev.millrace.content.Trees;
import dev.millrace.digest.Digest;
import dev.millrace.json.JsonBoolean;
import dev.millrace.json.JsonException;
import dev.millrace.json.JsonNumber;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonPointer;
import dev.millrace.json.JsonReader;
import dev.millrace.json.JsonString;
import dev.millrace.json.JsonValue;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.PipelineParser;
import dev.millrace.pipeline.Problem;
import dev.millrace.plan.ExecutorOffer;
import dev.millrace.plan.Plan;
import dev.millrace.plan.PlanRequest;
import dev.millrace.plan.Planned;
import dev.millrace.plan.Planner;
import dev.millrace.runtime.PipelineRegistry;
import dev.millrace.runtime.Submission;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads what is sent to be run, and finds everything that keeps it from being run. */
final class Submissions {
  /** The label that says which version of a registered pipeline a run is of. */
  static final String VERSION_LABEL = "pipeline-version";

  private static final List<String> RESERVED_LABELS =
      List.of(
          RunOperations.KEY_LABEL,
          RunOperations.BY_LABEL,
          RunOperations.TRACE_LABEL,
          VERSION_LABEL,
          Launch.CAUSE,
          Launch.CAUSED_BY,
          Launch.DEPTH,
          Launch.SCHEDULE,
          Launch.SCHEDULED_FOR,
          Launch.TRIGGER);

  private final Map<String, ExecutorOffer> executors;
  private final Trees trees;
  private final PipelineRegistry registry;

  /**
   * @param executors what each that steps may ask for does with images, by name
   * @param registry has the pipelines that are named instead of sent
   */
  Submissions(Map<String, ExecutorOffer> executors, Trees trees, PipelineRegistry registry) {
    this.executors = Map.copyOf(executors);
    this.trees = trees;
    this.registry = registry;
  }

  /** What can be run. */
  record Good(Plan plan, Submission submission) {}

  /**
   * Reads a submission.
   *
   * @param body as the contract has it
   * @throws ApiException if it cannot be run, with all problems
   */
  Good read(byte[] body) throws IOException {
    return read(body, null);
  }

  /**
   * Reads a submission that may have been sent before.
   *
   * @param before the version that a bare name stood for then, as {@code name@version}, or null
   */
  Good read(byte[] body, @Nullable String before) throws IOException {
    JsonObject sent = object(body);
    List<Problem> problems = new ArrayList<>();
    Map<String, String> labels = labels(member(sent, "labels"));
    refuseReserved(labels.keySet(), problems);
    PipelineRegistry.Content content;
    if (sent.get("pipeline") instanceof JsonString(String reference)) {
      PipelineRegistry.Version version =
          version(before != null && before.startsWith(reference + '@') ? before : reference);
      content = content(registry, version);
      labels.put(VERSION_LABEL, version.reference());
      if (sent.get("sources") != null) {
        problems.add(
            new Problem(
                "sources-registered",
                JsonPointer.of("sources"),
                "a registered pipeline has its sources; leave them out"));
      }
    } else {
      content = content(sent, problems);
    }
    Map<String, JsonValue> params = member(sent, "params").members();
    Plan plan = plan(content, params, problems);
    if (plan == null || !problems.isEmpty()) {
      throw ApiException.unprocessable("the pipeline cannot be run as it was sent", problems);
    }
    double verify = sent.get("verify") instanceof JsonNumber(double share) ? share : 0;
    boolean refresh = JsonBoolean.TRUE.equals(sent.get("refresh"));
    Submission submission =
        new Submission(content.document(), params, content.sources(), labels, refresh, verify, "");
    return new Good(plan, submission);
  }

  private static Map<String, String> labels(JsonObject sent) {
    Map<String, String> labels = new HashMap<>();
    sent.members().forEach((name, value) -> labels.put(name, ((JsonString) value).value()));
    return labels;
  }

  private PipelineRegistry.Version version(String reference) {
    return registry
        .resolve(reference)
        .orElseThrow(
            () ->
                ApiException.unprocessable(
                    "there is no registered pipeline " + reference,
                    List.of(
                        new Problem(
                            "unknown-pipeline",
                            JsonPointer.of("pipeline"),
                            "there is no registered pipeline " + reference))));
  }

  /** Returns what a version holds. */
  static PipelineRegistry.Content content(
      PipelineRegistry registry, PipelineRegistry.Version version) throws IOException {
    try {
      return registry.read(version);
    } catch (MissingBlobException e) {
      throw ApiException.conflict(
          "what " + version.reference() + " holds is gone from the store: register it again");
    }
  }

  /** Returns the document and the sources that were sent. */
  static PipelineRegistry.Content content(JsonObject sent, List<Problem> problems) {
    Map<String, Artifact> sources = sources(member(sent, "sources"), problems);
    return new PipelineRegistry.Content(member(sent, "pipeline"), sources);
  }

  /**
   * Plans a run.
   *
   * @param problems gets all that keeps it from being run
   * @return null where there are some
   */
  @Nullable Plan plan(
      PipelineRegistry.Content content, Map<String, JsonValue> params, List<Problem> problems)
      throws IOException {
    Plan plan = plan(content.document(), params, content.sources().keySet(), problems);
    missing(content.sources(), problems);
    return plan;
  }

  /** What the server itself says of a run cannot be said by others. */
  static void refuseReserved(Set<String> labels, List<Problem> problems) {
    for (String name : RESERVED_LABELS) {
      if (labels.contains(name)) {
        problems.add(
            new Problem(
                "label-reserved",
                JsonPointer.of("labels", name),
                "the label " + name + " is set by the server; leave it out"));
      }
    }
  }

  /** Returns the names of a document's parameters. */
  static Set<String> params(JsonObject document) {
    return member(document, "params").members().keySet();
  }

  /** Returns a body that is an object. */
  static JsonObject object(byte[] body) {
    try {
      if (JsonReader.read(body) instanceof JsonObject object) {
        return object;
      }
    } catch (JsonException e) {
      throw ApiException.badRequest("the body is no JSON: " + e.getMessage());
    }
    throw ApiException.badRequest("the body must be a JSON object");
  }

  private static JsonObject member(JsonObject sent, String name) {
    return sent.get(name) instanceof JsonObject member ? member : JsonObject.EMPTY;
  }

  private static Map<String, Artifact> sources(JsonObject sent, List<Problem> problems) {
    Map<String, Artifact> sources = new HashMap<>();
    sent.members()
        .forEach(
            (path, value) -> {
              try {
                sources.put(path, artifact((JsonObject) value));
              } catch (IllegalArgumentException e) {
                problems.add(
                    new Problem(
                        "source-invalid", JsonPointer.of("sources", path), e.getMessage() + ""));
              }
            });
    return sources;
  }

  private static Artifact artifact(JsonObject sent) {
    if (sent.get("digest") instanceof JsonString(String hash)
        && sent.get("size") instanceof JsonNumber size) {
      Artifact.Kind kind =
          sent.get("kind") instanceof JsonString(String label)
              ? Artifact.Kind.ofLabel(label)
              : Artifact.Kind.FILE;
      return new Artifact(kind, Digest.parse(hash, size.asLong()));
    }
    throw new IllegalArgumentException("needs digest and size");
  }

  private @Nullable Plan plan(
      JsonObject document,
      Map<String, JsonValue> params,
      Set<String> paths,
      List<Problem> problems) {
    switch (PipelineParser.parse(document)) {
      case PipelineParser.Rejected(List<Problem> found, _) -> add(found, problems);
      case PipelineParser.Parsed(Pipeline pipeline) -> {
        PlanRequest request =
            new PlanRequest(pipeline, Map.of(), params, executors, paths::contains);
        switch (Planner.plan(request)) {
          case Planned.Ok(Plan plan) -> {
            return plan;
          }
          case Planned.Refused(List<Problem> found) -> add(found, problems);
        }
      }
    }
    return null;
  }

  private static void add(List<Problem> found, List<Problem> problems) {
    for (Problem problem : found) {
      problems.add(new Problem(problem.code(), "/pipeline" + problem.pointer(), problem.message()));
    }
  }

  private void missing(Map<String, Artifact> sources, List<Problem> problems) throws IOException {
    for (Map.Entry<String, Artifact> source : sources.entrySet()) {
      int missing;
      try {
        if (source.getValue().kind() == Artifact.Kind.TREE) {
          TreeMeasure.check(trees, source.getValue().digest());
        }
        missing = trees.missing(List.of(source.getValue())).size();
      } catch (IllegalArgumentException e) {
        problems.add(
            new Problem(
                "source-invalid",
                JsonPointer.of("sources", source.getKey()),
                "what was sent is no directory that can be used: " + e.getMessage()));
        continue;
      }
      if (missing > 0) {
        problems.add(
            new Problem(
                "source-missing",
                JsonPointer.of("sources", source.getKey()),
                missing + " of its blobs are not here; PUT them to /v1/blobs first"));
      }
    }
  }
}

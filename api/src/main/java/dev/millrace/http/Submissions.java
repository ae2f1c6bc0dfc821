package dev.millrace.http;

import dev.millrace.content.Artifact;
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
import dev.millrace.plan.ImageUse;
import dev.millrace.plan.Plan;
import dev.millrace.plan.PlanRequest;
import dev.millrace.plan.Planned;
import dev.millrace.plan.Planner;
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
  private static final List<String> RESERVED_LABELS =
      List.of(RunOperations.KEY_LABEL, RunOperations.BY_LABEL, RunOperations.TRACE_LABEL);

  private final Map<String, ImageUse> executors;
  private final Trees trees;

  /**
   * @param executors what each that steps may ask for does with images, by name
   */
  Submissions(Map<String, ImageUse> executors, Trees trees) {
    this.executors = Map.copyOf(executors);
    this.trees = trees;
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
    JsonObject sent = object(body);
    List<Problem> problems = new ArrayList<>();
    Map<String, Artifact> sources = sources(member(sent, "sources"), problems);
    JsonObject document = member(sent, "pipeline");
    Map<String, JsonValue> params = member(sent, "params").members();
    Plan plan = plan(document, params, sources.keySet(), problems);
    refuseReserved(member(sent, "labels"), problems);
    missing(sources, problems);
    if (plan == null || !problems.isEmpty()) {
      throw ApiException.unprocessable("the pipeline cannot be run as it was sent", problems);
    }
    Map<String, String> labels = new HashMap<>();
    member(sent, "labels")
        .members()
        .forEach((name, value) -> labels.put(name, ((JsonString) value).value()));
    double verify = sent.get("verify") instanceof JsonNumber(double share) ? share : 0;
    boolean refresh = JsonBoolean.TRUE.equals(sent.get("refresh"));
    return new Good(plan, new Submission(document, params, sources, labels, refresh, verify, ""));
  }

  /** What the server itself says of a run cannot be said by others. */
  private static void refuseReserved(JsonObject labels, List<Problem> problems) {
    for (String name : RESERVED_LABELS) {
      if (labels.get(name) != null) {
        problems.add(
            new Problem(
                "label-reserved",
                JsonPointer.of("labels", name),
                "the label " + name + " is set by the server; leave it out"));
      }
    }
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

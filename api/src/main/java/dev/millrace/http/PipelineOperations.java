package dev.millrace.http;

import dev.millrace.json.CanonicalWriter;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonPointer;
import dev.millrace.json.JsonString;
import dev.millrace.json.JsonValue;
import dev.millrace.pipeline.Problem;
import dev.millrace.runtime.PipelineRegistry;
import dev.millrace.runtime.PipelineRegistry.Content;
import dev.millrace.runtime.PipelineRegistry.Registered;
import dev.millrace.runtime.PipelineRegistry.Version;
import dev.millrace.wire.ResultJson;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What can be asked about registered pipelines. Each answers on a thread that may wait. */
final class PipelineOperations {
  private static final int USUAL_LIMIT = 50;

  private final PipelineRegistry registry;
  private final Submissions submissions;
  private final InstantSource clock;

  PipelineOperations(PipelineRegistry registry, Submissions submissions, InstantSource clock) {
    this.registry = registry;
    this.submissions = submissions;
    this.clock = clock;
  }

  Reply put(Request request) throws IOException {
    String name = request.path("pipeline");
    JsonObject sent = Submissions.object(request.body());
    List<Problem> problems = new ArrayList<>();
    Content content = Submissions.content(sent, problems);
    List<Problem> found = new ArrayList<>();
    submissions.plan(content, Map.of(), found);
    // A parameter without a default gets its value with each run.
    found.stream().filter(one -> !one.code().equals("missing-param")).forEach(problems::add);
    if (content.document().get("name") instanceof JsonString(String own) && !own.equals(name)) {
      problems.add(
          new Problem(
              "other-name",
              JsonPointer.of("pipeline", "name"),
              "the document's name is \"" + own + "\": register it under that name"));
    }
    if (!problems.isEmpty()) {
      throw ApiException.unprocessable("the pipeline cannot be registered", problems);
    }
    try {
      Version version =
          registry.register(name, content, request.principal().name(), clock.instant());
      CanonicalWriter json = new CanonicalWriter();
      write(json, version, null);
      return Reply.json(200, json, Map.of("Location", location(version)));
    } catch (IllegalStateException e) {
      throw ApiException.conflict(e.getMessage() + "");
    }
  }

  private static String location(Version version) {
    return "/v1/pipelines/" + version.pipeline() + "/versions/" + version.version();
  }

  Reply list(Request request) {
    int limit = (int) request.number("limit", USUAL_LIMIT);
    String cursor = request.query("cursor");
    List<Registered> page = registry.list(cursor == null ? "" : cursor, limit);
    CanonicalWriter json = new CanonicalWriter().beginObject();
    if (page.size() == limit) {
      json.name("next").value(page.getLast().name());
    }
    json.name("pipelines").beginArray();
    for (Registered pipeline : page) {
      json.beginObject();
      write(json.name("latest"), pipeline.latest(), null);
      json.name("name").value(pipeline.name());
      json.name("versions").value((long) pipeline.versions().size()).endObject();
    }
    return Reply.json(200, json.endArray().endObject());
  }

  Reply get(Request request) {
    Registered pipeline = pipeline(request);
    int limit = (int) request.number("limit", USUAL_LIMIT);
    List<Version> page = behind(pipeline.versions(), request.query("cursor"));
    CanonicalWriter json = new CanonicalWriter().beginObject();
    write(json.name("latest"), pipeline.latest(), null);
    json.name("name").value(pipeline.name());
    if (page.size() > limit) {
      page = page.subList(0, limit);
      json.name("next").value(page.getLast().version());
    }
    json.name("versions").beginArray();
    page.forEach(version -> write(json, version, null));
    return Reply.json(200, json.endArray().endObject());
  }

  private static List<Version> behind(List<Version> versions, @Nullable String cursor) {
    for (int i = 0; i < versions.size(); i++) {
      if (versions.get(i).version().equals(cursor)) {
        return versions.subList(i + 1, versions.size());
      }
    }
    if (cursor != null) {
      throw ApiException.badRequest("there is no version " + cursor + " to go on behind");
    }
    return versions;
  }

  private Registered pipeline(Request request) {
    String name = request.path("pipeline");
    return registry
        .find(name)
        .orElseThrow(() -> ApiException.notFound("there is no pipeline " + name));
  }

  Reply version(Request request) throws IOException {
    String named = request.path("version");
    Version version =
        pipeline(request).versions().stream()
            .filter(one -> one.version().equals(named))
            .findFirst()
            .orElseThrow(() -> missing(request));
    CanonicalWriter json = new CanonicalWriter();
    write(json, version, Submissions.content(registry, version));
    return Reply.json(200, json);
  }

  private static ApiException missing(Request request) {
    return ApiException.notFound(
        "pipeline " + request.path("pipeline") + " has no version " + request.path("version"));
  }

  Reply delete(Request request) throws IOException {
    if (!registry.delete(pipeline(request).name())) {
      throw ApiException.notFound("there is no pipeline " + request.path("pipeline"));
    }
    return Reply.nothing();
  }

  Reply deleteVersion(Request request) throws IOException {
    if (!registry.delete(pipeline(request).name(), request.path("version"))) {
      throw missing(request);
    }
    return Reply.nothing();
  }

  private static void write(CanonicalWriter json, Version version, @Nullable Content content) {
    json.beginObject().name("by").value(version.by());
    json.name("content").value(version.content());
    json.name("name").value(version.pipeline());
    if (content != null) {
      json.name("pipeline").value((JsonValue) content.document());
    }
    json.name("reference").value(version.reference());
    json.name("registeredAt").value(version.registeredAtMillis());
    if (content != null) {
      json.name("sources").beginObject();
      content.sources().forEach((path, one) -> ResultJson.artifact(json.name(path), one));
      json.endObject();
    }
    json.name("version").value(version.version()).endObject();
  }
}

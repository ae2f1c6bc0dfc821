package dev.millrace.wire;

import dev.millrace.cache.ActionResult;
import dev.millrace.cache.ResultCodec;
import dev.millrace.content.Artifact;
import dev.millrace.digest.Digest;
import dev.millrace.json.JsonNumber;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonString;
import dev.millrace.json.JsonValue;
import dev.millrace.run.Failure;
import dev.millrace.run.FailureKind;
import java.time.Instant;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@link ResultJson} writes. All methods throw {@code IllegalArgumentException} where
 * something else is given.
 */
public final class ResultReader {
  private ResultReader() {}

  /** Returns a result; its end is told to the millisecond. */
  public static ActionResult result(JsonObject told) {
    return ResultCodec.read(kept(told));
  }

  /** Returns a result in the form in which it is kept. */
  static JsonObject kept(JsonObject told) {
    Map<String, JsonValue> members = new TreeMap<>(told.members());
    if (members.remove("finishedAt") instanceof JsonNumber at) {
      Instant finished = Instant.ofEpochMilli(at.asLong());
      JsonNumber seconds = new JsonNumber(finished.getEpochSecond());
      JsonNumber nanos = new JsonNumber(finished.getNano());
      members.put("finished", JsonObject.of(Map.of("seconds", seconds, "nanos", nanos)));
    }
    return JsonObject.of(members);
  }

  /** Returns a failure. */
  public static Failure failure(JsonObject told) {
    return new Failure(
        FailureKind.ofLabel(text(told, "kind")),
        text(told, "message"),
        told.get("exitCode") instanceof JsonNumber code ? (int) code.asLong() : -1,
        digest(told.get("stdout")),
        digest(told.get("stderr")));
  }

  /** Returns the artifacts that the members of an object are. */
  public static SortedMap<String, Artifact> artifacts(JsonObject told) {
    SortedMap<String, Artifact> artifacts = new TreeMap<>();
    told.members().forEach((name, value) -> artifacts.put(name, artifact(value)));
    return artifacts;
  }

  private static Artifact artifact(JsonValue told) {
    if (told instanceof JsonObject object) {
      return new Artifact(Artifact.Kind.ofLabel(text(object, "kind")), digest(object));
    }
    throw new IllegalArgumentException("no artifact: " + told);
  }

  private static Digest digest(@Nullable JsonValue told) {
    if (told instanceof JsonObject object && object.get("size") instanceof JsonNumber size) {
      return Digest.parse(text(object, "digest"), size.asLong());
    }
    throw new IllegalArgumentException("no digest: " + told);
  }

  private static String text(JsonObject object, String name) {
    if (object.get(name) instanceof JsonString(String text)) {
      return text;
    }
    throw new IllegalArgumentException("no " + name);
  }
}

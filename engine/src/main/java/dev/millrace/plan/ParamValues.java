package dev.millrace.plan;

import dev.millrace.content.Artifact;
import dev.millrace.digest.Digest;
import dev.millrace.expression.Template;
import dev.millrace.json.CanonicalJson;
import dev.millrace.json.JsonBoolean;
import dev.millrace.json.JsonException;
import dev.millrace.json.JsonNumber;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonPointer;
import dev.millrace.json.JsonReader;
import dev.millrace.json.JsonString;
import dev.millrace.json.JsonValue;
import dev.millrace.pipeline.Nearest;
import dev.millrace.pipeline.Param;
import dev.millrace.pipeline.ParamValue;
import dev.millrace.pipeline.Problems;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The values of a run's parameters: given ones, or else their defaults. */
final class ParamValues {

  private final PlanRequest request;
  private final Problems problems;

  private ParamValues(PlanRequest request, Problems problems) {
    this.request = request;
    this.problems = problems;
  }

  /** Reports unknown and missing parameters, and values that do not fit. */
  static Map<String, JsonValue> resolve(PlanRequest request, Problems problems) {
    ParamValues values = new ParamValues(request, problems);
    values.checkNames();
    Map<String, JsonValue> resolved = new LinkedHashMap<>();
    for (Param param : request.pipeline().params().values()) {
      JsonValue value = values.value(param);
      if (value != null) {
        resolved.put(param.name(), value);
      }
    }
    return resolved;
  }

  private void checkNames() {
    Set<String> given = new TreeSet<>(request.typed().keySet());
    given.addAll(request.values().keySet());
    Set<String> known = request.pipeline().params().keySet();
    for (String name : given) {
      if (!known.contains(name)) {
        problems.add(
            "unknown-param",
            JsonPointer.of("params"),
            "the pipeline has no parameter \"" + name + "\"" + Nearest.hint(name, known));
      }
    }
  }

  private @Nullable JsonValue value(Param param) {
    String pointer = JsonPointer.of("params", param.name());
    JsonValue given = given(param, pointer);
    if (given != null) {
      String complaint = ParamValue.complaint(param, given);
      if (complaint != null && !isTypedPath(param)) {
        problems.add("bad-param", pointer, "the parameter \"" + param.name() + "\" " + complaint);
        return null;
      }
      return checkFile(param, given, pointer);
    }
    JsonValue fallback = param.defaultValue();
    if (fallback != null) {
      return checkFile(param, fallback, JsonPointer.child(pointer, "default"));
    }
    if (!request.typed().containsKey(param.name())) {
      problems.add(
          "missing-param",
          pointer,
          "the parameter \"" + param.name() + "\" has no default; give it a value");
    }
    return null;
  }

  /** A person at the machine may name any file; a document or a client only those beside it. */
  private boolean isTypedPath(Param param) {
    return param.type() == Param.Type.FILE && !request.values().containsKey(param.name());
  }

  private @Nullable JsonValue given(Param param, String pointer) {
    JsonValue value = request.values().get(param.name());
    String text = request.typed().get(param.name());
    if (value != null || text == null) {
      return value;
    }
    JsonValue read = read(param.type(), text);
    if (read == null) {
      problems.add(
          "bad-param",
          pointer,
          "the parameter \"" + param.name() + "\" must be " + form(param.type()) + ", not " + text);
    }
    return read;
  }

  private static @Nullable JsonValue read(Param.Type type, String text) {
    return switch (type) {
      case STRING -> new JsonString(text);
      case INTEGER, NUMBER -> json(text) instanceof JsonNumber number ? number : null;
      case BOOLEAN -> json(text) instanceof JsonBoolean bool ? bool : null;
      case FILE -> file(text);
      case JSON -> json(text);
    };
  }

  private static @Nullable JsonValue json(String text) {
    try {
      return JsonReader.read(text);
    } catch (JsonException e) {
      return null;
    }
  }

  private static @Nullable JsonValue file(String text) {
    if (text.isEmpty()) {
      return null;
    }
    int slash = text.indexOf('/');
    if (!text.startsWith("sha256:") || slash < 0) {
      return JsonObject.of(Map.of("path", new JsonString(text)));
    }
    try {
      Digest digest =
          Digest.parse(
              text.substring(0, slash), Long.parseLong(text, slash + 1, text.length(), 10));
      Map<String, JsonValue> members = new LinkedHashMap<>();
      members.put("digest", new JsonString(digest.text()));
      members.put("size", new JsonNumber(digest.size()));
      return JsonObject.of(members);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static String form(Param.Type type) {
    return switch (type) {
      case STRING -> "a text";
      case INTEGER -> "a whole number";
      case NUMBER -> "a number";
      case BOOLEAN -> "true or false";
      case FILE -> "a path, or sha256:<64 hexadecimal digits>/<size in bytes>";
      case JSON -> "JSON";
    };
  }

  private JsonValue checkFile(Param param, JsonValue value, String pointer) {
    if (param.type() == Param.Type.FILE
        && source(value) instanceof PlannedInput.UserPath(String path)
        && !request.paths().exists(path)) {
      problems.add(
          "missing-file",
          pointer,
          "there is no file or directory \""
              + path
              + "\"; the parameter \""
              + param.name()
              + "\" names it");
    }
    return value;
  }

  /** Returns what an input that takes the parameter's value is made of. */
  static PlannedInput.Source input(Param param, JsonValue value) {
    return param.type() == Param.Type.FILE
        ? source(value)
        : new PlannedInput.Text(Template.literal(Template.print(value)));
  }

  private static PlannedInput.Source source(JsonValue file) {
    JsonObject members = file instanceof JsonObject object ? object : JsonObject.EMPTY;
    if (members.get("path") instanceof JsonString(String path)) {
      return new PlannedInput.UserPath(path);
    }
    if (members.get("digest") instanceof JsonString(String digest)
        && members.get("size") instanceof JsonNumber size) {
      Artifact.Kind kind =
          members.get("kind") instanceof JsonString(String label)
              ? Artifact.Kind.ofLabel(label)
              : Artifact.Kind.FILE;
      return new PlannedInput.Stored(new Artifact(kind, Digest.parse(digest, size.asLong())));
    }
    throw new IllegalArgumentException("not a file: " + CanonicalJson.text(file));
  }
}

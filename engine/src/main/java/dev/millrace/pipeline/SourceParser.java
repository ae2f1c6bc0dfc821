package dev.millrace.pipeline;

import dev.millrace.content.Artifact;
import dev.millrace.digest.Digest;
import dev.millrace.json.JsonNumber;
import dev.millrace.pipeline.InputSpec.FromDigest;
import dev.millrace.pipeline.InputSpec.FromParam;
import dev.millrace.pipeline.InputSpec.FromPath;
import dev.millrace.pipeline.InputSpec.FromStep;
import dev.millrace.pipeline.InputSpec.Json;
import dev.millrace.pipeline.InputSpec.Source;
import dev.millrace.pipeline.InputSpec.Text;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads where the content of an input comes from. */
final class SourceParser {

  /** Stands for a source that could not be read. */
  static final Source UNKNOWN = new Text("");

  private static final List<String> SOURCES =
      List.of("from", "path", "param", "text", "json", "digest");

  private static final Fields.Known FILE =
      Fields.Known.of("a file", "path", "digest", "size", "kind");

  private static final String FILE_EXAMPLE = "an object such as {\"path\": \"data/wine.csv\"}";

  private static final List<String> KINDS = List.of("file", "executable", "tree");

  private SourceParser() {}

  /** The source of an input. */
  static Source source(Fields fields) {
    Node source = fields.oneOf(SOURCES);
    refuseSizeWithoutDigest(fields);
    if (source == null) {
      return UNKNOWN;
    }
    Source read =
        switch (source.name()) {
          case "from" -> fromStep(source);
          case "path" -> fromPath(source);
          case "param" -> fromParam(source);
          case "text" -> text(source);
          case "json" -> new Json(source.value());
          case "digest" -> fromDigest(fields, source);
          default -> throw new IllegalStateException("no source is named " + source.name());
        };
    return read == null ? UNKNOWN : read;
  }

  /** The value of a parameter of type {@code file}. */
  static @Nullable Source file(Node node) {
    Fields fields = Fields.of(node, FILE, FILE_EXAMPLE);
    if (fields == null) {
      return null;
    }
    Node source = fields.oneOf(List.of("path", "digest"));
    refuseSizeWithoutDigest(fields);
    if (source == null) {
      return null;
    }
    return source.name().equals("path") ? fromPath(source) : fromDigest(fields, source);
  }

  private static void refuseSizeWithoutDigest(Fields fields) {
    for (String name : List.of("size", "kind")) {
      Node field = fields.get(name);
      if (field != null && !fields.has("digest")) {
        field.problem(
            "conflicting-fields",
            Node.quote(name) + " only goes with \"digest\"; remove it, or add the digest");
      }
    }
  }

  private static @Nullable Source fromStep(Node node) {
    Reference reference = Reference.parse(node);
    return reference == null ? null : new FromStep(reference.step(), reference.output());
  }

  private static @Nullable Source fromPath(Node node) {
    String path = RelativePath.parse(node, "a path beside the document, such as \"data/wine.csv\"");
    return path == null ? null : new FromPath(path);
  }

  private static @Nullable Source fromParam(Node node) {
    String param = node.filledText("the name of a param");
    return param == null ? null : new FromParam(param);
  }

  private static @Nullable Source text(Node node) {
    String text = node.text("a text");
    return text == null ? null : new Text(text);
  }

  private static @Nullable Source fromDigest(Fields fields, Node node) {
    Node sizeField =
        fields.require("size", "the content's length in bytes, such as \"size\": 1024");
    Artifact.Kind kind = kind(fields.get("kind"));
    String text = node.text("a digest such as \"sha256:9f86d0…\"");
    if (sizeField == null || text == null) {
      return null;
    }
    long size = sizeField.integer("a number of bytes", 0, JsonNumber.EXACT, 0);
    try {
      return new FromDigest(new Artifact(kind, Digest.parse(text, size)));
    } catch (IllegalArgumentException e) {
      String shown = Node.quote(Node.shown(text));
      node.problem(
          "bad-digest", shown + " is no digest; write \"sha256:\" and 64 hexadecimal digits");
      return null;
    }
  }

  private static Artifact.Kind kind(@Nullable Node node) {
    String label = node == null ? "file" : node.text("one of " + Node.quoteAll(KINDS));
    if (label == null || node == null) {
      return Artifact.Kind.FILE;
    }
    if (!KINDS.contains(label)) {
      node.unknownWord(label, KINDS);
      return Artifact.Kind.FILE;
    }
    return Artifact.Kind.ofLabel(label);
  }
}

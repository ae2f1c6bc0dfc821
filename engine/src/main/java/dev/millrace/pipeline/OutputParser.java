package dev.millrace.pipeline;

import dev.millrace.json.JsonString;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/** Reads the outputs of a step. */
final class OutputParser {

  private static final Fields.Known OUTPUT =
      Fields.Known.of("an output", "path", "kind", "optional");

  private static final String PATH = "a path in the sandbox, such as \"model.bin\"";
  private static final String EXAMPLE =
      "a path, or an object such as {\"path\": \"model.bin\", \"kind\": \"model\"}";

  private static final List<OutputSpec.Kind> KINDS = List.of(OutputSpec.Kind.values());

  private final SandboxPlaces places;

  OutputParser(SandboxPlaces places) {
    this.places = places;
  }

  SequencedMap<String, OutputSpec> outputs(@Nullable Node node) {
    return node == null
        ? Ordered.empty()
        : node.map("an object such as {\"model\": {\"path\": \"model.bin\"}}", this::output);
  }

  private OutputSpec output(Node node) {
    String name = node.name();
    Names.IDENTIFIER.check(node, "an output", name);
    if (node.value() instanceof JsonString) {
      return new OutputSpec(name, path(node, name), OutputSpec.Kind.FILE, false);
    }
    Fields fields = Fields.of(node, OUTPUT, EXAMPLE);
    if (fields == null) {
      return new OutputSpec(name, name, OutputSpec.Kind.FILE, false);
    }
    Node path = fields.require("path", "where the step leaves it, such as \"path\": \"model.bin\"");
    Node kind = fields.get("kind");
    Node optional = fields.get("optional");
    return new OutputSpec(
        name,
        path == null ? name : path(path, name),
        kind == null ? OutputSpec.Kind.FILE : kind.word(KINDS, OutputSpec.Kind.FILE),
        optional != null && optional.bool(false));
  }

  private String path(Node node, String name) {
    String path = RelativePath.parse(node, PATH);
    if (path == null) {
      return name;
    }
    places.output(node, name, path);
    return path;
  }
}

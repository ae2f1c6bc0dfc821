package dev.millrace.pipeline;

import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/** Reads the inputs of a step. */
final class InputParser {

  private static final Fields.Known INPUT =
      Fields.Known.of(
          "an input", "from", "path", "param", "text", "json", "digest", "size", "kind", "as");

  private static final String EXAMPLE = "an object such as {\"from\": \"clean.table\"}";

  private final SandboxPlaces places;

  InputParser(SandboxPlaces places) {
    this.places = places;
  }

  SequencedMap<String, InputSpec> inputs(@Nullable Node node) {
    return node == null
        ? Ordered.empty()
        : node.map("an object such as {\"table\": {\"from\": \"clean.table\"}}", this::input);
  }

  private InputSpec input(Node node) {
    String name = node.name();
    Names.IDENTIFIER.check(node, "an input", name);
    Fields fields = Fields.of(node, INPUT, EXAMPLE);
    if (fields == null) {
      return new InputSpec(name, SourceParser.UNKNOWN, "inputs/" + name);
    }
    return new InputSpec(name, SourceParser.source(fields), place(fields, name));
  }

  private String place(Fields fields, String name) {
    Node as = fields.get("as");
    String path = as == null ? "inputs/" + name : RelativePath.parse(as, "a path in the sandbox");
    if (path == null) {
      return "inputs/" + name;
    }
    places.input(as == null ? fields.node() : as, name, path);
    return path;
  }
}

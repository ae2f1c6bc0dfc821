package dev.millrace.pipeline;

import dev.millrace.json.JsonException;
import dev.millrace.json.JsonFlaw;
import dev.millrace.json.JsonNumber;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonReader;
import dev.millrace.json.JsonValue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads a pipeline document. It goes on after a problem, so that all are found at once; the checks
 * over the whole graph are the planner's.
 */
public final class PipelineParser {

  private static final Fields.Known DOCUMENT =
      Fields.Known.of(
          "the document",
          "version",
          "name",
          "description",
          "params",
          "defaults",
          "steps",
          "outputs",
          "$schema");

  private static final Fields.Known DEFAULTS =
      Fields.Known.of("\"defaults\"", SettingsParser.FIELDS);

  private static final Fields.Known OUTPUT = Fields.Known.of("an output", "from");

  private static final String EXAMPLE =
      "an object such as {\"version\": 1, \"name\": \"wine\", \"steps\": {…}}";

  private PipelineParser() {}

  /** What came of reading a document. */
  public sealed interface Result {}

  /** The document is well-formed. */
  public record Parsed(Pipeline pipeline) implements Result {}

  /**
   * The document has problems.
   *
   * @param problems in the order of the text, at least one
   * @param draft the pipeline as far as it could be read, with something in place of what could
   *     not, so that the planner can look for more problems; null where there is no JSON object
   */
  public record Rejected(List<Problem> problems, @Nullable Pipeline draft) implements Result {
    public Rejected {
      problems = List.copyOf(problems);
    }
  }

  /** Reads a document; its problems have positions. */
  public static Result parse(String text) {
    Problems problems = new Problems();
    JsonValue value = JsonReader.read(text, flaw -> problems.add(problem(flaw)));
    Pipeline draft = value == null ? null : document(problems, value);
    if (draft != null && problems.isEmpty()) {
      return new Parsed(draft);
    }
    return new Rejected(problems.located(text), draft);
  }

  /** Reads a document from its UTF-8 bytes; its problems have positions. */
  public static Result parse(byte[] utf8) {
    String text;
    try {
      text = JsonReader.decode(utf8);
    } catch (JsonException e) {
      return new Rejected(List.of(problem(e.flaw())), null);
    }
    return parse(text);
  }

  /** Reads a document that is JSON already, such as {@link Pipeline#source}; without positions. */
  public static Result parse(JsonObject document) {
    Problems problems = new Problems();
    Pipeline draft = document(problems, document);
    if (draft != null && problems.isEmpty()) {
      return new Parsed(draft);
    }
    return new Rejected(problems.list(), draft);
  }

  private static Problem problem(JsonFlaw flaw) {
    return new Problem(flaw.code(), flaw.pointer(), flaw.message(), flaw.position());
  }

  private static @Nullable Pipeline document(Problems problems, JsonValue value) {
    Node root = Node.root(problems, value);
    Fields fields = Fields.of(root, DOCUMENT, EXAMPLE);
    if (fields == null || !(value instanceof JsonObject source)) {
      return null;
    }
    checkVersion(fields.require("version", "\"version\": 1"));
    return new Pipeline(
        name(fields.require("name", "\"name\": \"wine-quality\", or so")),
        description(fields.get("description")),
        params(fields.get("params")),
        steps(fields),
        outputs(fields.get("outputs")),
        source);
  }

  private static void checkVersion(@Nullable Node node) {
    if (node == null
        || (node.value() instanceof JsonNumber(double version) && version == Pipeline.VERSION)) {
      return;
    }
    if (node.value() instanceof JsonNumber) {
      String message = "version " + node.found().substring("the number ".length());
      node.problem("unsupported-version", message + " is not known here; write 1");
    } else {
      node.wrongType("the number 1");
    }
  }

  private static String name(@Nullable Node node) {
    String name = node == null ? null : node.filledText("a name such as \"wine-quality\"");
    if (node == null || name == null) {
      return "";
    }
    Names.PIPELINE.check(node, "a pipeline", name);
    return name;
  }

  /** Reads a description, empty where there is none. */
  static String description(@Nullable Node node) {
    String description = node == null ? null : node.text("a text");
    return description == null ? "" : description;
  }

  private static SequencedMap<String, Param> params(@Nullable Node node) {
    String expected = "an object such as {\"seeds\": {\"type\": \"integer\", \"default\": 3}}";
    return node == null ? Ordered.empty() : node.map(expected, ParamParser::parse);
  }

  private static SequencedMap<String, Step> steps(Fields fields) {
    Settings settings = defaults(fields.get("defaults"));
    String example = "an object such as {\"clean\": {\"command\": [\"python3\", \"clean.py\"]}}";
    Node steps = fields.require("steps", example);
    if (steps == null) {
      return Ordered.empty();
    }
    if (steps.value() instanceof JsonObject object && object.members().isEmpty()) {
      steps.problem("empty", "\"steps\" is empty; write at least one step");
    }
    return steps.map(example, new StepParser(settings)::parse);
  }

  private static Settings defaults(@Nullable Node node) {
    Fields fields =
        node == null
            ? null
            : Fields.of(node, DEFAULTS, "an object such as {\"retry\": {\"attempts\": 2}}");
    return fields == null ? Settings.BUILT_IN : SettingsParser.parse(fields, Settings.BUILT_IN);
  }

  private static SequencedMap<String, PipelineOutput> outputs(@Nullable Node node) {
    String expected = "an object such as {\"model\": {\"from\": \"train.model\"}}";
    if (node == null) {
      return Ordered.empty();
    }
    SequencedMap<String, PipelineOutput> outputs = new LinkedHashMap<>();
    for (Node member : node.members(expected)) {
      PipelineOutput output = output(member);
      if (output != null) {
        outputs.put(output.name(), output);
      }
    }
    return outputs;
  }

  private static @Nullable PipelineOutput output(Node node) {
    Names.IDENTIFIER.check(node, "an output", node.name());
    Fields fields = Fields.of(node, OUTPUT, "an object such as {\"from\": \"train.model\"}");
    Node from = fields == null ? null : fields.require("from", "\"from\": \"train.model\"");
    Reference reference = from == null ? null : Reference.parse(from);
    return reference == null
        ? null
        : new PipelineOutput(node.name(), reference.step(), reference.output());
  }
}

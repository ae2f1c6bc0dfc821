package dev.millrace.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.ValidationMessage;
import dev.millrace.json.JsonArray;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonReader;
import dev.millrace.json.JsonString;
import dev.millrace.json.JsonText;
import dev.millrace.json.JsonValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The published schema says what the parser does, as far as a schema can. */
class JsonSchemaTest {

  /** Problems that no schema can find, or that this one leaves to the parser to say better. */
  private static final Set<String> BEYOND_SCHEMA =
      Set.of(
          "duplicate-key",
          "path-conflict",
          "bad-param-value",
          "unknown-axis",
          "unknown-value",
          "conflicting-fields",
          "out-of-range",
          "duplicate-value",
          "bad-amount",
          "bad-duration",
          "empty",
          "bad-text",
          "inexact-number",
          "number-out-of-range");

  private static final int ROUNDS = 1500;

  private final JsonSchema schema =
      JsonSchemaFactory.getInstance(VersionFlag.V202012)
          .getSchema(Documents.resource("pipeline.schema.json"), InputFormat.JSON);

  @Test
  void thePublishedCopyIsTheOneInTheJar() throws IOException {
    Path published = Path.of("..", "docs", "pipeline.schema.json");
    assertEquals(
        Documents.resource("pipeline.schema.json"),
        Files.readString(published),
        "copy engine/src/main/resources/dev/millrace/pipeline/pipeline.schema.json to docs/");
  }

  @Test
  void theSchemaIsASchema() {
    JsonSchema meta =
        JsonSchemaFactory.getInstance(VersionFlag.V202012)
            .getSchema(com.networknt.schema.SchemaLocation.of(VersionFlag.V202012.getId()));
    assertEquals(
        Set.of(), meta.validate(Documents.resource("pipeline.schema.json"), InputFormat.JSON));
  }

  @Test
  void everyFieldHasATitleAndADescription() {
    List<String> bare = new ArrayList<>();
    collectBare(JsonReader.read(Documents.resource("pipeline.schema.json")), "", bare);
    assertEquals(List.of(), bare);
  }

  @ParameterizedTest
  @FieldSource("dev.millrace.pipeline.Documents#VALID")
  void acceptsWellFormedDocuments(String name) {
    assertEquals(Set.of(), errors(Documents.valid(name)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "02-unknown-fields", "03-missing-fields", "04-wrong-types", "05-bad-names",
        "06-command-or-script", "07-bad-durations", "08-bad-amounts", "09-paths-that-leave",
        "12-empty", "13-unsupported-version", "14-matrix-and-for-each", "15-bad-references",
        "17-input-sources", "18-matrix-mistakes", "19-param-values", "20-unknown-values",
        "21-not-an-object"
      })
  void refusesStructurallyInvalidDocuments(String name) throws IOException {
    assertFalse(errors(Files.readString(InvalidDocuments.path(name))).isEmpty());
  }

  /** On spoiled documents, the parser and the schema agree. */
  @ParameterizedTest
  @FieldSource("dev.millrace.pipeline.Documents#VALID")
  void agreesWithTheParser(String name) {
    JsonValue document = JsonReader.read(Documents.valid(name));
    for (int seed = 0; seed < ROUNDS; seed++) {
      String text = JsonText.pretty(new Mutations(seed).spoil(document));
      Set<String> errors = errors(text);
      switch (PipelineParser.parse(text)) {
        case PipelineParser.Parsed _ ->
            assertEquals(Set.of(), errors, "the parser accepts seed " + seed + ": " + text);
        case PipelineParser.Rejected rejected -> {
          boolean beyond =
              rejected.problems().stream().map(Problem::code).allMatch(BEYOND_SCHEMA::contains);
          assertTrue(
              beyond || !errors.isEmpty(),
              () -> "the schema accepts: " + rejected.problems() + text);
        }
      }
    }
  }

  private Set<String> errors(String text) {
    return schema.validate(text, InputFormat.JSON).stream()
        .map(ValidationMessage::toString)
        .collect(Collectors.toSet());
  }

  private static void collectBare(JsonValue value, String pointer, List<String> bare) {
    switch (value) {
      case JsonObject object -> {
        if (object.get("properties") instanceof JsonObject fields && !pointer.contains("/allOf")) {
          fields.members().forEach((name, field) -> checkField(pointer + "/" + name, field, bare));
        }
        for (Map.Entry<String, JsonValue> member : object.members().entrySet()) {
          collectBare(member.getValue(), pointer + "/" + member.getKey(), bare);
        }
      }
      case JsonArray array -> {
        int index = 0;
        for (JsonValue element : array.elements()) {
          collectBare(element, pointer + "/" + index++, bare);
        }
      }
      case JsonString _ -> {}
      default -> {}
    }
  }

  private static void checkField(String pointer, JsonValue field, List<String> bare) {
    boolean refers = field instanceof JsonObject o && o.get("$ref") != null;
    boolean described =
        field instanceof JsonObject o && o.get("title") != null && o.get("description") != null;
    if (!refers && !described) {
      bare.add(pointer);
    }
  }
}

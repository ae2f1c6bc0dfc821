package dev.millrace.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.millrace.content.Artifact;
import dev.millrace.digest.Digest;
import dev.millrace.json.CanonicalJson;
import dev.millrace.json.JsonNumber;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonReader;
import dev.millrace.json.JsonString;
import dev.millrace.json.JsonValue;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class PipelineParserTest {

  private final Pipeline everyField = Documents.parse(Documents.valid("every-field.json"));

  private Step step(String id) {
    Step step = everyField.steps().get(id);
    assertNotNull(step, id);
    return step;
  }

  @Test
  void readsTheSampleOfTheDesign() {
    Pipeline wine = Documents.parse(Documents.valid("wine-quality.json"));
    assertEquals("wine-quality", wine.name());
    assertEquals(
        List.of("clean", "train", "evaluate", "champion", "publish"),
        List.copyOf(wine.steps().keySet()));
    Step train = wine.steps().get("train");
    assertNotNull(train);
    assertInstanceOf(Command.Script.class, train.command());
    assertEquals(2, train.retry().attempts());
    assertEquals(Duration.ofMinutes(10), train.timeout());
    assertEquals(
        Map.of("cpus", new ResourceSpec.Fixed(1), "memory", new ResourceSpec.Fixed(1L << 30)),
        train.resources().amounts());
    Expansion.Matrix matrix = assertInstanceOf(Expansion.Matrix.class, train.expansion());
    assertEquals(
        List.of(new JsonNumber(4), new JsonNumber(8), new JsonNumber(16)),
        matrix.axes().get("depth"));
    Step evaluate = wine.steps().get("evaluate");
    assertNotNull(evaluate);
    assertEquals(new Expansion.ForEachStep("train"), evaluate.expansion());
    assertEquals(
        Map.of("champion", new PipelineOutput("champion", "champion", "choice")), wine.outputs());
  }

  @Test
  void aStepHasWhatTheDefaultsSay() {
    Step first = step("first-step");
    assertEquals("docker", first.executor());
    assertEquals("python:3.12", first.image());
    assertEquals(
        new Retry(
            2,
            Duration.ofSeconds(5),
            1.5,
            Duration.ofMinutes(1),
            EnumSet.of(Retry.Cause.LOST, Retry.Cause.OOM)),
        first.retry());
    assertEquals(Duration.ofMinutes(90), first.timeout());
    assertEquals(
        new CacheSpec(CacheSpec.Mode.REFRESH, "7", List.of("python3 --version")), first.cache());
    assertEquals(Map.of("LANG", "C", "MODE", "${{ params.mode }}"), first.env());
    assertEquals(Map.of("TOKEN", "TOKEN"), first.secrets());
    assertEquals(5, first.priority());
    assertEquals("gpus", first.pool());
    assertEquals(Map.of("zone", "eu"), first.workers());
    assertEquals(TriggerRule.SUCCESS, first.on());
  }

  @Test
  void aStepMergesItsOwnSettingsOverTheDefaults() {
    Step sweep = step("sweep");
    assertEquals("local", sweep.executor());
    assertEquals(4, sweep.retry().attempts());
    assertEquals(Duration.ofSeconds(5), sweep.retry().delay());
    assertEquals(Duration.ofMillis(90_500), sweep.timeout());
    assertEquals(
        Map.of(
            "cpus", new ResourceSpec.Fixed(2),
            "memory", new ResourceSpec.Computed("${{ attempt }}Gi"),
            "gpus", new ResourceSpec.Fixed(1),
            "licences", new ResourceSpec.Fixed(2)),
        sweep.resources().amounts());
    assertEquals(CacheSpec.Mode.OFF, sweep.cache().mode());
    assertEquals(Map.of("LANG", "en", "MODE", "${{ params.mode }}"), sweep.env());
    assertEquals(Map.of("TOKEN", "TOKEN", "KEY", "team/key.v1"), sweep.secrets());
    assertEquals(Map.of("zone", "eu", "disk", "ssd"), sweep.workers());
  }

  @Test
  void readsEverySourceOfAnInput() {
    Map<String, InputSpec> inputs = step("first-step").inputs();
    assertEquals(
        new InputSpec("param", new InputSpec.FromParam("data"), "inputs/param"),
        inputs.get("param"));
    assertEquals(new InputSpec("path", new InputSpec.FromPath("src"), "code"), inputs.get("path"));
    assertEquals(
        new InputSpec("text", new InputSpec.Text("seed ${{ params.seeds }}"), "inputs/text"),
        inputs.get("text"));
    assertEquals(
        new InputSpec(
            "json",
            new InputSpec.Json(JsonReader.read("{\"a\":[1,null]}")),
            "config/settings.json"),
        inputs.get("json"));
    assertEquals(
        new InputSpec(
            "digest",
            new InputSpec.FromDigest(new Artifact(Artifact.Kind.EXECUTABLE, Digest.EMPTY)),
            "inputs/digest"),
        inputs.get("digest"));
  }

  @Test
  void readsOutputs() {
    Map<String, OutputSpec> outputs = step("first-step").outputs();
    assertEquals(
        new OutputSpec("short", "out/short.csv", OutputSpec.Kind.FILE, false),
        outputs.get("short"));
    assertEquals(
        new OutputSpec("maybe", "maybe.txt", OutputSpec.Kind.FILE, true), outputs.get("maybe"));
    assertEquals(
        new OutputSpec("list", "out/list.json", OutputSpec.Kind.JSON, false), outputs.get("list"));
  }

  @Test
  void readsExpansions() {
    assertEquals(new Expansion.Single(), step("first-step").expansion());
    assertEquals(
        new Expansion.ForEachOutput("first-step", "list"), step("each_output").expansion());
    Expansion.ForEachValues values =
        assertInstanceOf(Expansion.ForEachValues.class, step("each_value").expansion());
    assertEquals(3, values.values().size());
    Expansion.Matrix matrix = assertInstanceOf(Expansion.Matrix.class, step("sweep").expansion());
    assertEquals(List.of("depth", "kind"), List.copyOf(matrix.axes().keySet()));
    assertEquals(2, matrix.include().size());
    assertEquals(1, matrix.exclude().size());
  }

  @Test
  void readsParams() {
    Param seeds = everyField.params().get("seeds");
    assertNotNull(seeds);
    assertEquals(new JsonNumber(3), seeds.defaultValue());
    assertEquals(1.0, seeds.minimum());
    assertNull(seeds.complaint(new JsonNumber(10)));
    assertEquals("must be at most 10, not 11", seeds.complaint(new JsonNumber(11)));
    assertEquals(
        "must be a whole number, not the number 1.5", seeds.complaint(new JsonNumber(1.5)));
    Param mode = everyField.params().get("mode");
    assertNotNull(mode);
    assertEquals(
        "must be one of \"fast\", \"exact\", not the text \"slow\"",
        mode.complaint(new JsonString("slow")));
    Param token = everyField.params().get("token");
    assertNotNull(token);
    assertNull(token.defaultValue());
  }

  @Test
  void sourceOfAFileParam() {
    Param data = everyField.params().get("data");
    assertNotNull(data);
    JsonValue value = data.defaultValue();
    assertNotNull(value);
    assertEquals(new InputSpec.FromPath("data/wine.csv"), Param.file(value));
  }

  @ParameterizedTest
  @FieldSource("dev.millrace.pipeline.Documents#VALID")
  void theStoredDocumentGivesTheSamePipeline(String name) {
    Pipeline pipeline = Documents.parse(Documents.valid(name));
    assertEquals(new PipelineParser.Parsed(pipeline), PipelineParser.parse(pipeline.source()));
    byte[] stored = CanonicalJson.bytes(pipeline.source());
    assertEquals(new PipelineParser.Parsed(pipeline), PipelineParser.parse(stored));
  }

  @Test
  void problemsAreInTheOrderOfTheTextWithPositions() {
    String text =
        """
        {
          "version": 2,
          "steps": {
            "a": { "comand": ["x"] },
            "a": {}
          }
        }
        """;
    PipelineParser.Rejected rejected =
        assertInstanceOf(PipelineParser.Rejected.class, PipelineParser.parse(text));
    assertEquals(
        List.of(
            "1:1 missing-field ",
            "2:3 unsupported-version /version",
            "4:5 missing-field /steps/a",
            "4:12 unknown-field /steps/a/comand",
            "5:5 duplicate-key /steps/a"),
        rejected.problems().stream()
            .map(p -> p.position() + " " + p.code() + " " + p.pointer())
            .toList());
    assertNotNull(rejected.draft());
  }

  @Test
  void whatIsNoObjectHasNoDraft() {
    for (String text : List.of("", "[]", "null", "{")) {
      PipelineParser.Rejected rejected =
          assertInstanceOf(PipelineParser.Rejected.class, PipelineParser.parse(text));
      assertNull(rejected.draft());
      assertEquals(1, rejected.problems().size());
    }
    byte[] latin = "{\"\u00e4\": 1}".getBytes(StandardCharsets.ISO_8859_1);
    assertInstanceOf(PipelineParser.Rejected.class, PipelineParser.parse(latin));
  }

  @Test
  void aParsedDocumentHasNoPositionsButPointers() {
    JsonObject document =
        (JsonObject) JsonReader.read("{\"version\":1,\"name\":\"a\",\"steps\":[]}");
    PipelineParser.Rejected rejected =
        assertInstanceOf(PipelineParser.Rejected.class, PipelineParser.parse(document));
    assertEquals("/steps", rejected.problems().getFirst().pointer());
    assertNull(rejected.problems().getFirst().position());
  }

  @Test
  void readsALargeDocument() {
    Pipeline large = Documents.parse(Documents.large(10_000));
    assertEquals(10_000, large.steps().size());
  }
}

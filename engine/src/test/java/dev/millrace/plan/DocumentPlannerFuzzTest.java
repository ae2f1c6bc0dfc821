package dev.millrace.plan;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.millrace.json.JsonReader;
import dev.millrace.json.JsonText;
import dev.millrace.json.JsonValue;
import dev.millrace.pipeline.Documents;
import dev.millrace.pipeline.Mutations;
import dev.millrace.pipeline.Pipeline;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * Whatever a document holds, it gives a plan or problems with positions, and never an exception.
 */
class DocumentPlannerFuzzTest {

  private static final int ROUNDS = 1000;

  @ParameterizedTest
  @FieldSource("dev.millrace.pipeline.Documents#VALID")
  void spoiledDocuments(String name) {
    JsonValue document = JsonReader.read(Documents.valid(name));
    for (int seed = 0; seed < ROUNDS; seed++) {
      Mutations mutations = new Mutations(seed);
      JsonValue spoiled = mutations.spoil(document);
      String text = JsonText.pretty(seed % 2 == 0 ? spoiled : mutations.spoil(spoiled));
      try {
        check(DocumentPlanner.plan(text, DocumentPlannerFuzzTest::request), text);
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + ":\n" + text, e);
      }
    }
  }

  private static void check(Planned planned, String text) {
    if (planned instanceof Planned.Refused refused) {
      assertFalse(refused.problems().isEmpty(), text);
      refused.problems().forEach(problem -> assertNotNull(problem.position(), text));
    }
  }

  private static PlanRequest request(Pipeline pipeline) {
    return new PlanRequest(
        pipeline,
        Map.of("token", "x"),
        Map.of(),
        Map.of(
            "local",
            ExecutorOffer.of(ImageUse.NONE),
            "docker",
            ExecutorOffer.of(ImageUse.REQUIRED)),
        PathProbe.ANY);
  }
}

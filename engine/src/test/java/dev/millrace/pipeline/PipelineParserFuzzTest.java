package dev.millrace.pipeline;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.millrace.json.JsonReader;
import dev.millrace.json.JsonText;
import dev.millrace.json.JsonValue;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Whatever a document holds, it gives a pipeline or problems, and never an exception. */
class PipelineParserFuzzTest {

  private static final int ROUNDS = 3000;

  @ParameterizedTest
  @FieldSource("dev.millrace.pipeline.Documents#VALID")
  void spoiledTexts(String name) {
    String text = Documents.valid(name);
    for (int seed = 0; seed < ROUNDS; seed++) {
      check(new Mutations(seed).spoilText(text), seed);
    }
  }

  @ParameterizedTest
  @FieldSource("dev.millrace.pipeline.Documents#VALID")
  void spoiledValues(String name) {
    JsonValue document = JsonReader.read(Documents.valid(name));
    for (int seed = 0; seed < ROUNDS; seed++) {
      Mutations mutations = new Mutations(seed);
      JsonValue spoiled = mutations.spoil(document);
      check(JsonText.pretty(seed % 2 == 0 ? spoiled : mutations.spoil(spoiled)), seed);
    }
  }

  @Test
  void anyBytes() {
    Random random = new Random(1);
    byte[] valid = Documents.valid("smallest.json").getBytes(StandardCharsets.UTF_8);
    for (int round = 0; round < ROUNDS; round++) {
      byte[] bytes = valid.clone();
      for (int i = random.nextInt(1, 20); i > 0; i--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      assertNotNull(PipelineParser.parse(bytes));
    }
  }

  private static void check(String text, int seed) {
    try {
      if (PipelineParser.parse(text) instanceof PipelineParser.Rejected rejected) {
        assertFalse(rejected.problems().isEmpty(), text);
        rejected.problems().forEach(problem -> assertNotNull(problem.position(), text));
      }
    } catch (RuntimeException e) {
      throw new AssertionError("seed " + seed + ":\n" + text, e);
    }
  }
}

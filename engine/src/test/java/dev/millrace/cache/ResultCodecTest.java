package dev.millrace.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.millrace.json.CanonicalWriter;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonReader;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResultCodecTest {

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void everyResultIsReadBackAsItWas(long seed) {
    RandomActions actions = new RandomActions(seed);
    for (int i = 0; i < 200; i++) {
      ActionResult result = actions.result();
      CanonicalWriter json = new CanonicalWriter();
      ResultCodec.write(json, result);
      assertEquals(result, ResultCodec.read(read(json.toText())), () -> "seed " + seed);
    }
  }

  private static JsonObject read(String text) {
    return assertInstanceOf(JsonObject.class, JsonReader.read(text));
  }

  @Test
  void theDigestOfOutputsTellsThemApart() {
    RandomActions actions = new RandomActions(7);
    var outputs = new TreeMap<>(java.util.Map.of("model", actions.artifact()));
    var same = new TreeMap<>(outputs);
    var other = new TreeMap<>(java.util.Map.of("model", actions.artifact()));

    assertEquals(ResultCodec.outputsDigest(outputs), ResultCodec.outputsDigest(same));
    assertNotEquals(ResultCodec.outputsDigest(outputs), ResultCodec.outputsDigest(other));
  }

  @Test
  void whatIsNoResultIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> ResultCodec.read(JsonObject.EMPTY));
  }
}

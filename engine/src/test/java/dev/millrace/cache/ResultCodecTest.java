package dev.millrace.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

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
      assertEquals(result, ResultCodec.parse(ResultCodec.text(result)), () -> "seed " + seed);
    }
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
    assertThrows(IllegalArgumentException.class, () -> ResultCodec.parse("{}"));
  }
}

package dev.millrace.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.content.Artifact;
import dev.millrace.digest.Digest;
import dev.millrace.executor.ResourceUsage;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PackedResultTest {

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void everyResultIsReadBackAsItWas(long seed) {
    RandomActions actions = new RandomActions(seed);
    for (int i = 0; i < 200; i++) {
      ActionResult result = actions.result();
      assertEquals(result, PackedResult.read(PackedResult.of(result)), () -> "seed " + seed);
    }
  }

  /** What was recorded once must be read for ever. */
  @Test
  void theFormStaysAsItIs() {
    String hex =
        "02"
            + "00"
            + "80c49fd50c"
            + "aac03a" // form, exit code, seconds, nanoseconds
            + "047231"
            + "1074726169"
            + "6e5b315d"
            + "02"
            + "0a6c6f63616c" // who made it
            + "d01e"
            + "01"
            + "80808001" // wall, CPU and memory
            + Digest.of("out").hex()
            + "06"
            + Digest.EMPTY.hex()
            + "00"
            + "02"
            + "0a6d6f64656c"
            + "0866696c65"
            + Digest.of("model").hex()
            + "0a"
            + "02"
            + "10616363757261"
            + "6379"
            + "3feccccccccccccd";

    assertEquals(hex, HexFormat.of().formatHex(PackedResult.of(small())));
  }

  private static ActionResult small() {
    return new ActionResult(
        new TreeMap<>(Map.of("model", Artifact.file(Digest.of("model")))),
        new TreeMap<>(Map.of("accuracy", 0.9)),
        0,
        Digest.of("out"),
        Digest.EMPTY,
        new ActionResult.Producer("r1", "train[1]", 1, "local"),
        Instant.ofEpochSecond(1_700_000_000, 479_253),
        new ResourceUsage(1_960, -1, 1 << 20));
  }

  @Test
  void whatIsCutOffIsRefused() {
    byte[] bytes = PackedResult.of(small());
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThrows(IllegalArgumentException.class, () -> PackedResult.read(cut));
    }
    byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
    assertThrows(IllegalArgumentException.class, () -> PackedResult.read(longer));
  }

  @Test
  void whatIsDamagedIsRefusedOrReadButNeverAnythingElse() {
    long seed = 11;
    Random random = new Random(seed);
    RandomActions actions = new RandomActions(seed);
    int refused = 0;
    for (int i = 0; i < 5_000; i++) {
      byte[] bytes = PackedResult.of(actions.result());
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      refused += isRefused(bytes) ? 1 : 0;
    }
    assertTrue(refused > 500, refused + " refused, seed " + seed);
  }

  private static boolean isRefused(byte[] bytes) {
    try {
      PackedResult.read(bytes);
      return false;
    } catch (IllegalArgumentException e) {
      return true;
    }
  }

  @Test
  void whatCouldNotBeReadBackIsNotWritten() {
    PackedWriter writer = new PackedWriter();
    assertThrows(IllegalArgumentException.class, () -> writer.number(Double.NaN));
    assertThrows(IllegalArgumentException.class, () -> writer.text("a\uD83D"));
    assertThrows(IllegalArgumentException.class, () -> writer.text("\uDE00\uD83D"));
    assertEquals("😀", new PackedReader(new PackedWriter().text("😀").toBytes()).text());
  }
}

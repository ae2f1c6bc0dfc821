package dev.millrace.json;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CanonicalJsonTest {

  /** RFC 8785, section 3.2.2 and 3.2.4: the sample and its bytes. */
  @Test
  void writesTheSampleOfTheRfc() {
    String sample =
        """
        {
          "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
          "string": "\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\"\\/",
          "literals": [null, true, false]
        }
        """;
    String bytes =
        "7b226c69746572616c73223a5b6e756c6c2c747275652c66616c73655d2c226e"
            + "756d62657273223a5b3333333333333333332e333333333333332c31652b3330"
            + "2c342e352c302e3030322c31652d32375d2c22737472696e67223a22e282ac24"
            + "5c75303030665c6e4127425c225c5c5c5c5c222f227d";
    assertArrayEquals(HexFormat.of().parseHex(bytes), CanonicalJson.bytes(JsonReader.read(sample)));
  }

  /** RFC 8785, section 3.2.3: names are sorted by UTF-16 units. */
  @Test
  void sortsNamesByUtf16Units() {
    String sample =
        """
        {
          "\\u20ac": "Euro Sign", "\\r": "Carriage Return", "\\ufb33": "Hebrew Letter Dalet With Dagesh",
          "1": "One", "\\ud83d\\ude00": "Emoji: Grinning Face", "\\u0080": "Control",
          "\\u00f6": "Latin Small Letter O With Diaeresis"
        }
        """;
    assertEquals(
        "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u0080\":\"Control\","
            + "\"\u00f6\":\"Latin Small Letter O With Diaeresis\",\"\u20ac\":\"Euro Sign\","
            + "\"\ud83d\ude00\":\"Emoji: Grinning Face\","
            + "\"\ufb33\":\"Hebrew Letter Dalet With Dagesh\"}",
        CanonicalJson.text(JsonReader.read(sample)));
  }

  /** RFC 8785, appendix B. */
  @ParameterizedTest
  @CsvSource({
    "0000000000000000, 0",
    "8000000000000000, 0",
    "0000000000000001, 5e-324",
    "8000000000000001, -5e-324",
    "7fefffffffffffff, 1.7976931348623157e+308",
    "ffefffffffffffff, -1.7976931348623157e+308",
    "4340000000000000, 9007199254740992",
    "c340000000000000, -9007199254740992",
    "4430000000000000, 295147905179352830000",
    "44b52d02c7e14af5, 9.999999999999997e+22",
    "44b52d02c7e14af6, 1e+23",
    "44b52d02c7e14af7, 1.0000000000000001e+23",
    "444b1ae4d6e2ef4e, 999999999999999700000",
    "444b1ae4d6e2ef4f, 999999999999999900000",
    "444b1ae4d6e2ef50, 1e+21",
    "3eb0c6f7a0b5ed8c, 9.999999999999997e-7",
    "3eb0c6f7a0b5ed8d, 0.000001",
    "41b3de4355555553, 333333333.3333332",
    "41b3de4355555554, 333333333.33333325",
    "41b3de4355555555, 333333333.3333333",
    "41b3de4355555556, 333333333.3333334",
    "41b3de4355555557, 333333333.33333343",
    "becbf647612f3696, -0.0000033333333333333333",
    "43143ff3c1cb0959, 1424953923781206.2",
  })
  void writesTheNumbersOfTheRfc(String bits, String text) {
    double value = Double.longBitsToDouble(Long.parseUnsignedLong(bits, 16));
    assertEquals(text, CanonicalJson.number(value));
    assertEquals(text, new CanonicalWriter().value(value).toText());
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
  void refusesWhatIsNoNumber(double value) {
    assertThrows(IllegalArgumentException.class, () -> CanonicalJson.number(value));
    assertThrows(IllegalArgumentException.class, () -> new CanonicalWriter().value(value));
  }

  @Test
  void numbersAreShortestAndReadBackTheSame() {
    Random random = new Random(8785);
    for (int i = 0; i < 200_000; i++) {
      double value = Double.longBitsToDouble(random.nextLong());
      // Every tenth has few bits, where fewer digits do than Java writes.
      value = i % 10 == 0 ? Double.longBitsToDouble(random.nextLong(4096)) : value;
      if (!Double.isFinite(value)) {
        continue;
      }
      String text = CanonicalJson.number(value);
      assertEquals(value, Double.parseDouble(text), text);
      int digits = new BigDecimal(text).stripTrailingZeros().precision();
      int javas = new BigDecimal(Double.toString(value)).stripTrailingZeros().precision();
      assertEquals(Math.min(digits, javas), digits, text);
      assertEquals(new JsonNumber(value), JsonReader.read(text));
    }
  }

  @Test
  void theSmallestNumbersHaveAsFewDigitsAsCanBe() {
    for (long bits = 1; bits < 300; bits++) {
      double value = Double.longBitsToDouble(bits);
      String text = CanonicalJson.number(value);
      int exponent = Integer.parseInt(text.substring(text.indexOf('e') + 1));
      boolean oneDigitDoes = false;
      for (int digit = 1; digit <= 9; digit++) {
        oneDigitDoes |= Double.parseDouble(digit + "e" + exponent) == value;
      }
      assertEquals(oneDigitDoes, text.indexOf('.') < 0, text);
    }
  }

  @Test
  void refusesHalfOfASurrogatePair() {
    assertThrows(
        IllegalArgumentException.class, () -> CanonicalJson.text(new JsonString("a\ud800")));
    assertThrows(
        IllegalArgumentException.class, () -> CanonicalJson.text(new JsonString("\udc00b")));
  }

  @Test
  void writesEveryCharacterAsUtf8() {
    StringBuilder all = new StringBuilder();
    for (int point = 0; point <= 0x10FFFF; point += point < 0x3000 ? 1 : 17) {
      if (point < 0xD800 || point > 0xDFFF) {
        all.appendCodePoint(point);
      }
    }
    JsonString text = new JsonString(all.toString());
    byte[] bytes = CanonicalJson.bytes(text);
    assertEquals(text, JsonReader.read(bytes));
    assertArrayEquals(
        bytes, new String(bytes, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void thePiecewiseWriterWritesTheSame() {
    JsonValue tree =
        JsonReader.read("{\"b\":[1,2.5,{}],\"a\":\"x\",\"d\":{\"y\":null,\"x\":true}}");
    CanonicalWriter writer = new CanonicalWriter();
    for (int i = 0; i < 2; i++) {
      writer.reset().beginObject().name("a").value("x").name("b").beginArray();
      writer.value(1).value(2.5).beginObject().endObject().endArray();
      writer.name("d").beginObject().name("x").value(true).name("y").nullValue().endObject();
      writer.endObject();
      assertEquals(CanonicalJson.text(tree), writer.toText());
    }
  }

  @Test
  void thePiecewiseWriterChecksTheOrderOfNames() {
    CanonicalWriter writer = new CanonicalWriter().beginObject().name("b").value(1);
    assertThrows(IllegalStateException.class, () -> writer.name("a"));
    assertThrows(IllegalStateException.class, () -> writer.name("b"));
  }

  @Test
  void equalValuesHaveEqualBytes() {
    JsonValue one = JsonReader.read("{\"a\": 1.0, \"b\": [1e2, \"\\u0041\"]}");
    JsonValue other = JsonReader.read("{\"b\":[100,\"A\"],\"a\":1}");
    assertEquals(one, other);
    assertArrayEquals(CanonicalJson.bytes(one), CanonicalJson.bytes(other));
  }

  @Test
  void peopleSeeMembersInTheirOrder() {
    JsonValue value = JsonReader.read("{\"b\":[1,[]],\"a\":{\"c\":\"\\n\"},\"d\":{}}");
    assertEquals("{\"b\":[1,[]],\"a\":{\"c\":\"\\n\"},\"d\":{}}", JsonText.compact(value));
    assertEquals(
        List.of(
            "{",
            "  \"b\": [",
            "    1,",
            "    []",
            "  ],",
            "  \"a\": {",
            "    \"c\": \"\\n\"",
            "  },",
            "  \"d\": {}",
            "}"),
        JsonText.pretty(value).lines().toList());
  }
}

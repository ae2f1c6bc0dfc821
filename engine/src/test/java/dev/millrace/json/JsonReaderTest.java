package dev.millrace.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonReaderTest {

  @Test
  void readsEveryKindOfValue() {
    JsonValue value = JsonReader.read("[{}, \"a\", -1.5e3, true, false, null]");
    assertEquals(
        new JsonArray(
            List.of(
                JsonObject.EMPTY,
                new JsonString("a"),
                new JsonNumber(-1500),
                JsonBoolean.TRUE,
                JsonBoolean.FALSE,
                JsonNull.INSTANCE)),
        value);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "[1,]",
        "{\"a\":1,}",
        "{a:1}",
        "'a'",
        "[1] 2",
        "{} {}",
        "// c\n1",
        "01",
        "+1",
        "NaN",
        "tru",
        "\"\t\"",
        "\"\\x\"",
        "[1 2]",
        "{\"a\" 1}",
        "\"a",
        "-",
        "1.",
        ".5"
      })
  void refusesWhatIsNotJson(String text) {
    JsonException refused = assertThrows(JsonException.class, () -> JsonReader.read(text));
    assertEquals("not-json", refused.flaw().code());
  }

  @Test
  void saysWhereItIsNotJson() {
    JsonException refused =
        assertThrows(JsonException.class, () -> JsonReader.read("{\n  \"a\": [1, 2,\n  }\n}"));
    assertEquals(new Position(3, 3), refused.flaw().position());
    assertEquals("/a/2", refused.flaw().pointer());
  }

  @Test
  void findsAllFlawsOfAReadableDocument() {
    List<JsonFlaw> flaws = new ArrayList<>();
    JsonValue value =
        JsonReader.read(
            "{\"a\": 1,\n \"a\": 2, \"b\": [9007199254740993, \"\\udc00\", 1e400],\n \"a\": 3}",
            flaws::add);
    assertEquals(
        List.of(
            "duplicate-key",
            "inexact-number",
            "broken-text",
            "number-out-of-range",
            "duplicate-key"),
        flaws.stream().map(JsonFlaw::code).toList());
    assertEquals(
        List.of("/a", "/b/0", "/b/1", "/b/2", "/a"),
        flaws.stream().map(JsonFlaw::pointer).toList());
    assertEquals(new Position(2, 2), flaws.getFirst().position());
    assertEquals(new Position(3, 2), flaws.getLast().position());
    assertTrue(value instanceof JsonObject object && new JsonNumber(1).equals(object.get("a")));
  }

  @ParameterizedTest
  @CsvSource({
    "9007199254740992, true",
    "-9007199254740992, true",
    "9007199254740993, false",
    "-9007199254740993, false",
    "12345678901234567890, false",
    "100000000000000000000, true",
    "1e300, true",
    "123456789012345, true",
  })
  void refusesWholeNumbersThatWouldChange(String text, boolean good) {
    if (good) {
      assertEquals(new JsonNumber(Double.parseDouble(text)), JsonReader.read(text));
    } else {
      JsonException refused = assertThrows(JsonException.class, () -> JsonReader.read(text));
      assertEquals("inexact-number", refused.flaw().code());
    }
  }

  @Test
  void boundsTheDepth() {
    assertNotNull(JsonReader.read("[".repeat(64) + "]".repeat(64)));
    JsonException refused =
        assertThrows(
            JsonException.class,
            () -> JsonReader.read("[".repeat(1_000_000) + "]".repeat(1_000_000)));
    assertEquals("too-deep", refused.flaw().code());
  }

  @Test
  void boundsTheLengthOfNumbers() {
    JsonException refused =
        assertThrows(JsonException.class, () -> JsonReader.read("1" + "0".repeat(2000)));
    assertEquals("number-out-of-range", refused.flaw().code());
  }

  @Test
  void boundsTheSize() {
    byte[] large = new byte[JsonReader.MAX_SIZE + 1];
    JsonException refused = assertThrows(JsonException.class, () -> JsonReader.read(large));
    assertEquals("too-large", refused.flaw().code());
  }

  @Test
  void refusesWhatIsNotUtf8() {
    byte[] latin = "{\n\"\u00e4\": 1}".getBytes(StandardCharsets.ISO_8859_1);
    JsonException refused = assertThrows(JsonException.class, () -> JsonReader.read(latin));
    assertEquals("not-utf8", refused.flaw().code());
    assertEquals(new Position(2, 2), refused.flaw().position());
    assertNotNull(JsonReader.read("\"\uFFFD\"".getBytes(StandardCharsets.UTF_8)));
    assertNotNull(JsonReader.read("\uFEFF{}".getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void aTextThatIsNotJsonHasNoValue() {
    List<JsonFlaw> flaws = new ArrayList<>();
    assertNull(JsonReader.read("{", flaws::add));
    assertEquals(1, flaws.size());
  }

  @Test
  void locatesPointers() {
    String text = "{\n  \"a\": 1,\n  \"b/c\": {\"d~\": [\n    1,\n    {\"e\": 2}\n  ]}\n}";
    Map<String, Position> places =
        JsonLocator.locate(
            text, List.of("", "/a", "/b~1c", "/b~1c/d~0", "/b~1c/d~0/1/e", "/b~1c/d~0/7", "/x/y"));
    assertEquals(new Position(1, 1), places.get(""));
    assertEquals(new Position(2, 3), places.get("/a"));
    assertEquals(new Position(3, 3), places.get("/b~1c"));
    assertEquals(new Position(3, 11), places.get("/b~1c/d~0"));
    assertEquals(new Position(5, 6), places.get("/b~1c/d~0/1/e"));
    assertEquals(new Position(3, 11), places.get("/b~1c/d~0/7"));
    assertEquals(new Position(1, 1), places.get("/x/y"));
  }

  @Test
  void escapesPointers() {
    assertEquals("/a~1b/~0c/", JsonPointer.of("a/b", "~c", ""));
    assertEquals(List.of("a/b", "~c", ""), JsonPointer.tokens("/a~1b/~0c/"));
    assertEquals(List.of(), JsonPointer.tokens(JsonPointer.ROOT));
    assertEquals("/a/0", JsonPointer.child(JsonPointer.child("", "a"), 0));
  }
}

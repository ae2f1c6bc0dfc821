package dev.millrace.json;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads one JSON value, strictly (RFC 8259, I-JSON): no comments, no trailing commas, no second
 * member of a name, no text after the value, at most {@value #MAX_DEPTH} levels and {@value
 * #MAX_SIZE} bytes.
 *
 * <p>A whole number beyond 2^53 that would not be written out again digit for digit is refused,
 * because a double would change it silently. The canonical form of any value can be read.
 */
public final class JsonReader {

  /** The greatest depth of a value. */
  public static final int MAX_DEPTH = 64;

  /** The greatest length of a text: 64 MiB. */
  public static final int MAX_SIZE = 64 << 20;

  private static final int FIRST_CHECKED = 16;

  private final JsonParser parser;
  private final Consumer<JsonFlaw> flaws;

  private JsonReader(JsonParser parser, Consumer<JsonFlaw> flaws) {
    this.parser = parser;
    this.flaws = flaws;
  }

  /**
   * Reads a value.
   *
   * @throws JsonException at the first flaw
   */
  public static JsonValue read(String text) {
    JsonValue value = read(text, JsonReader::refuse);
    if (value == null) {
      throw new IllegalStateException("no value and no flaw");
    }
    return value;
  }

  /**
   * Reads a value.
   *
   * @throws JsonException at the first flaw
   */
  public static JsonValue read(byte[] utf8) {
    return read(decode(utf8));
  }

  /**
   * Reads a value and goes on as far as it can, so that all flaws are found at once.
   *
   * @param flaws is given each flaw. Of two members with one name the first counts
   * @return the value, with something in place of what is flawed; null if the text is not JSON
   */
  public static @Nullable JsonValue read(String text, Consumer<JsonFlaw> flaws) {
    if (text.length() > MAX_SIZE) {
      flaws.accept(tooLarge());
      return null;
    }
    try (JsonParser parser = JsonTokens.open(text)) {
      return new JsonReader(parser, flaws).document();
    } catch (IOException e) {
      throw new IllegalStateException("a string cannot fail to close", e);
    }
  }

  /**
   * Returns the text of a document.
   *
   * @throws JsonException if it is not UTF-8, or too large
   */
  public static String decode(byte[] utf8) {
    if (utf8.length > MAX_SIZE) {
      throw new JsonException(tooLarge());
    }
    return Utf8.decode(utf8);
  }

  private static void refuse(JsonFlaw flaw) {
    throw new JsonException(flaw);
  }

  private static JsonFlaw tooLarge() {
    return new JsonFlaw(
        "too-large",
        JsonPointer.ROOT,
        "the document is larger than 64 MiB; move data into files and name them as inputs",
        new Position(1, 1));
  }

  private @Nullable JsonValue document() {
    try {
      JsonToken first = parser.nextToken();
      if (first == null) {
        flaw("not-json", "the document is empty; write a JSON object", parser.currentLocation());
        return null;
      }
      JsonValue value = value(first);
      if (parser.nextToken() != null) {
        JsonLocation place = parser.currentTokenLocation();
        flaw("not-json", "there is text after the end of the document; remove it", place);
        return null;
      }
      return value;
    } catch (IOException e) {
      flaws.accept(JsonTokens.flaw(parser, e));
      return null;
    }
  }

  private JsonValue value(JsonToken token) throws IOException {
    return switch (token) {
      case START_OBJECT -> object();
      case START_ARRAY -> array();
      case VALUE_STRING -> new JsonString(text(parser.getText()));
      case VALUE_NUMBER_INT -> whole();
      case VALUE_NUMBER_FLOAT -> number(parser.getDoubleValue());
      case VALUE_TRUE -> JsonBoolean.TRUE;
      case VALUE_FALSE -> JsonBoolean.FALSE;
      case VALUE_NULL -> JsonNull.INSTANCE;
      case NOT_AVAILABLE, END_OBJECT, END_ARRAY, FIELD_NAME, VALUE_EMBEDDED_OBJECT ->
          throw new IllegalStateException("the tokenizer gave " + token + " for a value");
    };
  }

  private JsonValue object() throws IOException {
    SequencedMap<String, JsonValue> members = new LinkedHashMap<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = text(parser.currentName());
      if (members.containsKey(name)) {
        duplicate(name);
        value(parser.nextToken());
      } else {
        members.put(name, value(parser.nextToken()));
      }
    }
    return new JsonObject(members);
  }

  private void duplicate(String name) {
    flaw(
        "duplicate-key",
        "\"" + name + "\" is here a second time; keep one of them",
        parser.currentTokenLocation());
  }

  private JsonValue array() throws IOException {
    List<JsonValue> elements = new ArrayList<>();
    for (JsonToken t = parser.nextToken(); t != JsonToken.END_ARRAY; t = parser.nextToken()) {
      elements.add(value(t));
    }
    return new JsonArray(elements);
  }

  private String text(String text) {
    if (!Utf8.isBroken(text)) {
      return text;
    }
    flaw(
        "broken-text",
        "this has half of a surrogate pair (\\ud800 to \\udfff); write the whole character",
        parser.currentTokenLocation());
    return "";
  }

  private JsonValue whole() throws IOException {
    if (parser.getTextLength() < FIRST_CHECKED) {
      return new JsonNumber(parser.getLongValue());
    }
    String digits = parser.getText();
    double value = Double.parseDouble(digits);
    if (Math.abs(value) >= JsonNumber.EXACT && !digits.equals(canonical(value))) {
      flaw(
          "inexact-number",
          digits + " is beyond 2^53 and would be changed; write it as a string",
          parser.currentTokenLocation());
      return new JsonNumber(0);
    }
    return new JsonNumber(value);
  }

  private static String canonical(double value) {
    return Double.isFinite(value) ? EcmaNumber.text(value) : "";
  }

  private JsonValue number(double value) {
    if (Double.isFinite(value)) {
      return new JsonNumber(value);
    }
    flaw(
        "number-out-of-range",
        "this number is too large for a double; write one below 1.8e308, or a string",
        parser.currentTokenLocation());
    return new JsonNumber(0);
  }

  private void flaw(String code, String message, JsonLocation place) {
    String pointer = parser.getParsingContext().pathAsPointer().toString();
    flaws.accept(new JsonFlaw(code, pointer, message, JsonTokens.position(place)));
  }
}

package dev.millrace.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.regex.Pattern;

/** The set-up of Jackson's tokenizer, and its errors in this project's words. */
final class JsonTokens {

  private static final int MAX_DIGITS = 1000;

  private static final Pattern CODE = Pattern.compile(" \\(code [^)]*\\)");

  private static final String BRACE = "unexpected character ('}'";

  private static final JsonFactory FACTORY =
      new JsonFactoryBuilder()
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(JsonReader.MAX_DEPTH)
                  .maxStringLength(JsonReader.MAX_SIZE)
                  .maxNameLength(JsonReader.MAX_SIZE)
                  .maxNumberLength(MAX_DIGITS)
                  .build())
          .build();

  private JsonTokens() {}

  static JsonParser open(String text) {
    try {
      return FACTORY.createParser(text);
    } catch (IOException e) {
      throw new UncheckedIOException("reading from a string", e);
    }
  }

  static Position position(JsonLocation location) {
    return new Position(Math.max(1, location.getLineNr()), Math.max(1, location.getColumnNr()));
  }

  /** Returns the flaw that made the tokenizer give up. */
  static JsonFlaw flaw(JsonParser parser, IOException error) {
    String pointer = parser.getParsingContext().pathAsPointer().toString();
    Position position = position(parser.currentLocation());
    if (error instanceof StreamConstraintsException limit) {
      return limit(limit.getOriginalMessage(), pointer, position);
    }
    if (error instanceof JsonProcessingException syntax) {
      JsonLocation place = syntax.getLocation();
      String what = firstSentence(syntax.getOriginalMessage());
      return new JsonFlaw(
          "not-json",
          pointer,
          "this is not JSON: " + what,
          place == null ? position : position(place));
    }
    throw new UncheckedIOException("reading from a string", error);
  }

  private static JsonFlaw limit(String message, String pointer, Position position) {
    if (message.contains("nesting depth")) {
      String advice = "values are nested deeper than " + JsonReader.MAX_DEPTH + "; flatten them";
      return new JsonFlaw("too-deep", pointer, advice, position);
    }
    if (message.startsWith("Number")) {
      String advice = "a number has more than " + MAX_DIGITS + " digits; write fewer, or a string";
      return new JsonFlaw("number-out-of-range", pointer, advice, position);
    }
    return new JsonFlaw("too-large", pointer, message, position);
  }

  /** Jackson adds codes of characters and, on a line of its own or in brackets, where it began. */
  private static String firstSentence(String message) {
    int end = message.indexOf('\n');
    String line = end < 0 ? message : message.substring(0, end);
    int source = line.indexOf(" (start marker at");
    line = CODE.matcher(source < 0 ? line : line.substring(0, source)).replaceAll("");
    if (line.isEmpty()) {
      return "unexpected text";
    }
    String lower = Character.toLowerCase(line.charAt(0)) + line.substring(1);
    boolean closes = lower.startsWith("unexpected character (']'") || lower.startsWith(BRACE);
    return closes ? lower + "; is there a comma too many before it?" : lower;
  }
}

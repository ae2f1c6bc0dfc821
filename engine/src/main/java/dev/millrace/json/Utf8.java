package dev.millrace.json;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Strict UTF-8: {@link String} alone would put replacement characters where bytes are wrong. */
final class Utf8 {

  private static final char REPLACEMENT = '\uFFFD';
  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private Utf8() {}

  /**
   * Returns the text, without a byte order mark.
   *
   * @throws JsonException if the bytes are not UTF-8
   */
  static String decode(byte[] utf8) {
    String text = new String(utf8, StandardCharsets.UTF_8);
    if (text.indexOf(REPLACEMENT) >= 0) {
      check(utf8);
    }
    return !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK ? text.substring(1) : text;
  }

  private static void check(byte[] utf8) {
    ByteBuffer bytes = ByteBuffer.wrap(utf8);
    try {
      StandardCharsets.UTF_8.newDecoder().decode(bytes);
    } catch (CharacterCodingException e) {
      String before = new String(utf8, 0, bytes.position(), StandardCharsets.UTF_8);
      int line = 1 + (int) before.chars().filter(c -> c == '\n').count();
      int column = before.length() - before.lastIndexOf('\n');
      throw new JsonException(
          new JsonFlaw(
              "not-utf8",
              JsonPointer.ROOT,
              "this byte is not UTF-8; save the document as UTF-8",
              new Position(line, column)));
    }
  }

  /** Returns whether the text has half a surrogate pair, which no UTF-8 can stand for. */
  static boolean isBroken(String text) {
    int length = text.length();
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (Character.isSurrogate(c)) {
        if (Character.isLowSurrogate(c)
            || i + 1 == length
            || !Character.isLowSurrogate(text.charAt(i + 1))) {
          return true;
        }
        i++;
      }
    }
    return false;
  }
}

package dev.millrace.json;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * A growing array of UTF-8, with the two primitives of JSON that need care: strings and numbers.
 */
final class Utf8Buffer {

  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private byte[] bytes = new byte[256];
  private int size;

  int size() {
    return size;
  }

  void clear() {
    size = 0;
  }

  byte[] toBytes() {
    return Arrays.copyOf(bytes, size);
  }

  String toText() {
    return new String(bytes, 0, size, StandardCharsets.UTF_8);
  }

  void update(MessageDigest hash) {
    hash.update(bytes, 0, size);
  }

  void ascii(char c) {
    reserve(1);
    bytes[size++] = (byte) c;
  }

  void ascii(String text) {
    int length = text.length();
    reserve(length);
    for (int i = 0; i < length; i++) {
      bytes[size++] = (byte) text.charAt(i);
    }
  }

  void whole(long value) {
    if (value >= 0 && value < 10) {
      ascii((char) ('0' + value));
    } else {
      ascii(Long.toString(value));
    }
  }

  /**
   * Writes a string in quotes, escaped as RFC 8785 prescribes.
   *
   * @throws IllegalArgumentException if it has half a surrogate pair
   */
  void quoted(String text) {
    int length = text.length();
    reserve(length + 2);
    bytes[size++] = '"';
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c < 0x80 && c >= 0x20 && c != '"' && c != '\\') {
        bytes[size++] = (byte) c;
      } else {
        i = special(text, i);
        reserve(length - i + 1);
      }
    }
    bytes[size++] = '"';
  }

  /** Writes the character at {@code i}, which is not plain; returns the index of its last unit. */
  private int special(String text, int i) {
    reserve(6);
    char c = text.charAt(i);
    if (c < 0x80) {
      escape(c);
      return i;
    }
    if (c < 0x800) {
      put(0xC0 | (c >> 6));
      continuation(c);
      return i;
    }
    if (!Character.isSurrogate(c)) {
      put(0xE0 | (c >> 12));
      continuation(c >> 6);
      continuation(c);
      return i;
    }
    int point = text.codePointAt(i);
    if (point <= 0xFFFF) {
      throw new IllegalArgumentException("half a surrogate pair is no text");
    }
    put(0xF0 | (point >> 18));
    continuation(point >> 12);
    continuation(point >> 6);
    continuation(point);
    return i + 1;
  }

  private void escape(char c) {
    put('\\');
    switch (c) {
      case '"', '\\' -> put(c);
      case '\b' -> put('b');
      case '\t' -> put('t');
      case '\n' -> put('n');
      case '\f' -> put('f');
      case '\r' -> put('r');
      default -> {
        put('u');
        put('0');
        put('0');
        put(HEX[c >> 4]);
        put(HEX[c & 15]);
      }
    }
  }

  private void continuation(int bits) {
    put(0x80 | (bits & 0x3F));
  }

  private void put(int b) {
    bytes[size++] = (byte) b;
  }

  private void reserve(int more) {
    if (bytes.length - size < more) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + more));
    }
  }
}

package dev.millrace.cache;

import dev.millrace.digest.Digest;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;

/**
 * Reads what {@link PackedWriter} wrote. Bytes that it cannot have written are an {@code
 * IllegalArgumentException}.
 */
final class PackedReader {
  private final byte[] bytes;
  private int at;

  PackedReader(byte[] bytes) {
    this.bytes = bytes;
  }

  long whole() {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      byte next = bytes[take(1)];
      value |= (next & 0x7FL) << shift;
      if (next >= 0) {
        return (value >>> 1) ^ -(value & 1);
      }
    }
    throw damaged();
  }

  int small() {
    long value = whole();
    if (value != (int) value) {
      throw damaged();
    }
    return (int) value;
  }

  double number() {
    return Double.longBitsToDouble(word());
  }

  /** Reads seconds and nanoseconds. */
  Instant time() {
    try {
      return Instant.ofEpochSecond(whole(), whole());
    } catch (DateTimeException | ArithmeticException e) {
      throw damaged();
    }
  }

  String text() {
    int length = small();
    return new String(bytes, take(length), length, StandardCharsets.UTF_8);
  }

  Digest digest() {
    return new Digest(word(), word(), word(), word(), whole());
  }

  /** Says that there must be nothing more. */
  void end() {
    if (at != bytes.length) {
      throw damaged();
    }
  }

  private long word() {
    int from = take(Long.BYTES);
    long word = 0;
    for (int i = from; i < from + Long.BYTES; i++) {
      word = (word << Byte.SIZE) | (bytes[i] & 0xFF);
    }
    return word;
  }

  /** Returns where the next {@code count} bytes begin, and goes behind them. */
  private int take(int count) {
    if (count < 0 || count > bytes.length - at) {
      throw damaged();
    }
    int from = at;
    at += count;
    return from;
  }

  private static IllegalArgumentException damaged() {
    return new IllegalArgumentException("a record that is damaged");
  }
}

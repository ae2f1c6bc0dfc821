package dev.millrace.cache;

import dev.millrace.digest.Digest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;

/**
 * Writes the packed form of records: whole numbers in as few bytes as they need (seven bits in
 * each, the sign in the lowest bit, as in Protocol Buffers), texts as UTF-8 behind their length,
 * hashes as their 32 bytes.
 */
final class PackedWriter {
  private byte[] bytes = new byte[256];
  private int size;

  byte[] toBytes() {
    return Arrays.copyOf(bytes, size);
  }

  PackedWriter whole(long value) {
    reserve(10);
    long left = (value << 1) ^ (value >> 63);
    while ((left & ~0x7FL) != 0) {
      bytes[size++] = (byte) (left | 0x80);
      left >>>= 7;
    }
    bytes[size++] = (byte) left;
    return this;
  }

  PackedWriter time(Instant value) {
    return whole(value.getEpochSecond()).whole(value.getNano());
  }

  /**
   * @throws IllegalArgumentException if it is not finite: JSON could not have it either
   */
  PackedWriter number(double value) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException("a record cannot have the number " + value);
    }
    return word(Double.doubleToRawLongBits(value));
  }

  /**
   * @throws IllegalArgumentException if it has half a surrogate pair, which would be read as '?'
   */
  PackedWriter text(String value) {
    if (hasHalfPair(value)) {
      throw new IllegalArgumentException("half a surrogate pair is no text");
    }
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    whole(utf8.length);
    reserve(utf8.length);
    System.arraycopy(utf8, 0, bytes, size, utf8.length);
    size += utf8.length;
    return this;
  }

  private static boolean hasHalfPair(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        return text.codePoints().anyMatch(PackedWriter::isHalf);
      }
    }
    return false;
  }

  private static boolean isHalf(int point) {
    return point <= Character.MAX_VALUE && Character.isSurrogate((char) point);
  }

  PackedWriter digest(Digest digest) {
    word(digest.word0()).word(digest.word1()).word(digest.word2()).word(digest.word3());
    return whole(digest.size());
  }

  private PackedWriter word(long word) {
    reserve(Long.BYTES);
    for (int shift = Long.SIZE - Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
      bytes[size++] = (byte) (word >>> shift);
    }
    return this;
  }

  private void reserve(int more) {
    if (bytes.length - size < more) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + more));
    }
  }
}

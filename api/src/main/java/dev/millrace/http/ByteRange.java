package dev.millrace.http;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The part of a blob that a request asks for (RFC 9110, section 14).
 *
 * @param first offset of its first byte
 * @param length in bytes
 */
record ByteRange(long first, long length) {
  private static final Pattern ONE = Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})");

  /**
   * Reads the header {@code Range}. What is no single range of bytes is answered with the whole, as
   * the standard allows.
   *
   * @return null if nothing of that range exists
   */
  static @Nullable ByteRange of(@Nullable String header, long size) {
    Matcher one = ONE.matcher(header == null ? "" : header);
    if (!one.matches() || (one.group(1).isEmpty() && one.group(2).isEmpty())) {
      return new ByteRange(0, size);
    }
    if (one.group(1).isEmpty()) {
      long wanted = Math.min(size, Long.parseLong(one.group(2)));
      return wanted == 0 ? null : new ByteRange(size - wanted, wanted);
    }
    long first = Long.parseLong(one.group(1));
    long last = one.group(2).isEmpty() ? size - 1 : Long.parseLong(one.group(2));
    if (last < first && !one.group(2).isEmpty()) {
      return new ByteRange(0, size);
    }
    return first >= size ? null : new ByteRange(first, Math.min(last, size - 1) - first + 1);
  }
}

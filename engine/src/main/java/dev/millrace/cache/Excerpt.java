package dev.millrace.cache;

import org.jspecify.annotations.Nullable;

/**
 * Two texts cut to what people can compare: long ones around their first difference.
 *
 * @param before the piece of the older text
 * @param after the piece of the newer text
 */
record Excerpt(String before, String after) {
  private static final int LENGTH = 200;
  private static final int LEAD = 40;

  static Excerpt around(String before, String after) {
    if (before.length() <= LENGTH && after.length() <= LENGTH) {
      return new Excerpt(before, after);
    }
    int difference = 0;
    int shorter = Math.min(before.length(), after.length());
    while (difference < shorter && before.charAt(difference) == after.charAt(difference)) {
      difference++;
    }
    int start = Math.max(0, difference - LEAD);
    return new Excerpt(cut(before, start), cut(after, start));
  }

  static String of(String text) {
    return cut(text, 0);
  }

  static @Nullable String ofNullable(@Nullable String text) {
    return text == null ? null : of(text);
  }

  private static String cut(String text, int from) {
    int start = inPair(text, from) ? from + 1 : from;
    int end = Math.min(text.length(), start + LENGTH);
    end = inPair(text, end) ? end - 1 : end;
    return (start > 0 ? "…" : "") + text.substring(start, end) + (end < text.length() ? "…" : "");
  }

  private static boolean inPair(String text, int index) {
    return index > 0 && index < text.length() && Character.isLowSurrogate(text.charAt(index));
  }
}

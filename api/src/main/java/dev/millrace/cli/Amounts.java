package dev.millrace.cli;

import java.math.BigDecimal;
import java.math.MathContext;
import org.jspecify.annotations.Nullable;

/** Amounts for people. By hand: formatters of the JDK cost 20 ms and more at their first use. */
final class Amounts {
  private static final String UNITS = "KMGTP";

  private Amounts() {}

  /**
   * Returns a duration such as {@code 0.42 s}, {@code 12 s}, {@code 3:07 min}, {@code 2:05:00 h}.
   */
  static String duration(long millis) {
    if (millis < 10_000) {
      long hundredths = millis / 10;
      return hundredths / 100 + "." + twoDigits(hundredths % 100) + " s";
    }
    long seconds = (millis + 500) / 1000;
    if (seconds < 60) {
      return seconds + " s";
    }
    return clock(seconds) + (seconds < 3600 ? " min" : " h");
  }

  /** Returns {@code m:ss} or {@code h:mm:ss}. */
  static String clock(long seconds) {
    String minutesAndSeconds = twoDigits(seconds / 60 % 60) + ":" + twoDigits(seconds % 60);
    if (seconds >= 3600) {
      return seconds / 3600 + ":" + minutesAndSeconds;
    }
    return seconds / 60 + ":" + twoDigits(seconds % 60);
  }

  /** Returns {@code 1} and {@code one}, or the number and {@code many}. */
  static String count(long number, String one, String many) {
    return grouped(number) + " " + (number == 1 ? one : many);
  }

  /** Returns {@code 1 task} or so. */
  static String tasks(long number) {
    return count(number, "task", "tasks");
  }

  /** Returns a number with commas between thousands. */
  static String grouped(long number) {
    String digits = Long.toString(number);
    StringBuilder grouped = new StringBuilder(digits.length() + 4);
    for (int i = 0; i < digits.length(); i++) {
      int left = digits.length() - i;
      if (i > 0 && left % 3 == 0 && digits.charAt(i - 1) != '-') {
        grouped.append(',');
      }
      grouped.append(digits.charAt(i));
    }
    return grouped.toString();
  }

  /** Returns a number to six significant digits. */
  static String rounded(double value) {
    if (value == Math.rint(value) && Math.abs(value) < 1e15) {
      return Long.toString((long) value);
    }
    BigDecimal rounded = new BigDecimal(value).round(new MathContext(6)).stripTrailingZeros();
    int exponent = rounded.precision() - rounded.scale();
    return exponent < -3 || exponent > 15 ? rounded.toString() : rounded.toPlainString();
  }

  /** Returns a number of bytes such as {@code 312 B} or {@code 1.4 MiB}. */
  static String bytes(long bytes) {
    if (bytes < 1024) {
      return bytes + " B";
    }
    int unit = 0;
    long tenths = bytes * 10 / 1024;
    while (tenths >= 10_240 && unit < UNITS.length() - 1) {
      tenths /= 1024;
      unit++;
    }
    String number = tenths < 1000 ? tenths / 10 + "." + tenths % 10 : Long.toString(tenths / 10);
    return number + " " + UNITS.charAt(unit) + "iB";
  }

  /** Reads a number of bytes such as {@code 10G}, {@code 512MiB} or {@code 1000}; null if none. */
  static @Nullable Long parseBytes(String text) {
    int digits = 0;
    while (digits < text.length() && Character.isDigit(text.charAt(digits))) {
      digits++;
    }
    String unit = text.substring(digits).strip();
    if (unit.endsWith("iB")) {
      unit = unit.substring(0, unit.length() - 2);
    } else if (unit.endsWith("B") || unit.endsWith("i")) {
      unit = unit.substring(0, unit.length() - 1);
    }
    int power = unit.isEmpty() ? 0 : UNITS.indexOf(Character.toUpperCase(unit.charAt(0))) + 1;
    if (digits == 0 || digits > 15 || unit.length() > 1 || (!unit.isEmpty() && power == 0)) {
      return null;
    }
    long number = Long.parseLong(text, 0, digits, 10);
    int shift = 10 * power;
    return number > (Long.MAX_VALUE >> shift) ? null : number << shift;
  }

  /** Returns {@code 07} for 7. */
  static String twoDigits(long number) {
    return number < 10 ? "0" + number : Long.toString(number);
  }
}

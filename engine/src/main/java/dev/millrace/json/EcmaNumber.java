package dev.millrace.json;

/**
 * The text of a double as ECMAScript's {@code Number::toString} gives it, which RFC 8785
 * prescribes.
 *
 * <p>{@link Double#toString(double)} finds the same shortest digits (Raffaello Giulietti, "The
 * Schubfach way to render doubles", in the JDK since 19), but prefers two digits to one where the
 * two are nearer, which can only happen among the smallest subnormal numbers, and lays them out
 * otherwise.
 */
final class EcmaNumber {

  /** Below this, fewer than seven bits are left, and one digit may do where Java writes two. */
  private static final double FEW_BITS = 1e-321;

  private EcmaNumber() {}

  /** Returns the text of a finite number. */
  static String text(double value) {
    if (value == Math.rint(value) && Math.abs(value) <= JsonNumber.EXACT) {
      return Long.toString((long) value);
    }
    String sign = value < 0 ? "-" : "";
    double magnitude = Math.abs(value);
    return sign + layOut(magnitude < FEW_BITS ? oneDigit(magnitude) : Double.toString(magnitude));
  }

  private static String oneDigit(double magnitude) {
    String shortest = Double.toString(magnitude);
    String exponent = shortest.substring(shortest.indexOf('E'));
    int rounded =
        (int) Math.round(Double.parseDouble(shortest.substring(0, shortest.indexOf('E'))));
    for (int digit = Math.min(rounded, 9); digit > 0 && digit >= rounded - 1; digit--) {
      String candidate = digit + ".0" + exponent;
      if (Double.parseDouble(candidate) == magnitude) {
        return candidate;
      }
    }
    return shortest;
  }

  /** Turns Java's layout, such as {@code 1.25E-9} or {@code 0.001}, into ECMAScript's. */
  private static String layOut(String java) {
    int e = java.indexOf('E');
    String mantissa = e < 0 ? java : java.substring(0, e);
    int dot = mantissa.indexOf('.');
    int point = dot + (e < 0 ? 0 : Integer.parseInt(java, e + 1, java.length(), 10));
    String all = mantissa.substring(0, dot) + mantissa.substring(dot + 1);
    int first = 0;
    while (all.charAt(first) == '0') {
      first++;
    }
    int last = all.length();
    while (all.charAt(last - 1) == '0') {
      last--;
    }
    return place(all.substring(first, last), point - first);
  }

  /**
   * Writes {@code 0.digits * 10^point}.
   *
   * @param digits without zeros at either end
   */
  private static String place(String digits, int point) {
    int count = digits.length();
    if (point > 21 || point <= -6) {
      String fraction = count == 1 ? "" : "." + digits.substring(1);
      return digits.charAt(0) + fraction + (point > 0 ? "e+" : "e-") + Math.abs(point - 1);
    }
    if (point <= 0) {
      return "0." + "0".repeat(-point) + digits;
    }
    if (point >= count) {
      return digits + "0".repeat(point - count);
    }
    return digits.substring(0, point) + '.' + digits.substring(point);
  }
}

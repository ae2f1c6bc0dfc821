package dev.millrace.json;

/**
 * The canonical form of JSON values, RFC 8785 (JSON Canonicalization Scheme): members sorted by
 * UTF-16 units, numbers as ECMAScript writes them, no white space. Equal values have equal bytes,
 * so a hash over them names the value.
 */
public final class CanonicalJson {

  private CanonicalJson() {}

  /**
   * Returns the canonical form as UTF-8.
   *
   * @throws IllegalArgumentException if a string has half a surrogate pair
   */
  public static byte[] bytes(JsonValue value) {
    return new CanonicalWriter().value(value).toBytes();
  }

  /**
   * Returns the canonical form as a text.
   *
   * @throws IllegalArgumentException if a string has half a surrogate pair
   */
  public static String text(JsonValue value) {
    return new CanonicalWriter().value(value).toText();
  }

  /**
   * Returns the canonical form of a number: {@code 1}, {@code 0.1}, {@code 1e-7}.
   *
   * @throws IllegalArgumentException if it is not finite
   */
  public static String number(double number) {
    return EcmaNumber.text(new JsonNumber(number).value());
  }
}

package dev.millrace.json;

/**
 * A JSON number: an IEEE 754 double, as RFC 8785 (and I-JSON, RFC 7493) take numbers to be.
 *
 * <p>Whole numbers up to 2^53 in magnitude are exact. The reader refuses whole numbers beyond that,
 * so that no seed or identifier changes silently.
 *
 * @param value finite
 */
public record JsonNumber(double value) implements JsonValue {

  /** The largest magnitude up to which every whole number is exact: 2^53. */
  public static final long EXACT = 1L << 53;

  public JsonNumber {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException("JSON has no number " + value);
    }
    value = value == 0.0 ? 0.0 : value;
  }

  /** Returns whether this is a whole number that is exact. */
  public boolean isInteger() {
    return value == Math.rint(value) && Math.abs(value) <= EXACT;
  }

  /** Returns the value as a whole number; call only where {@link #isInteger()}. */
  public long asLong() {
    return (long) value;
  }

  @Override
  public String typeName() {
    return isInteger() ? "integer" : "number";
  }
}

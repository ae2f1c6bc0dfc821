package dev.millrace.json;

/** A JSON boolean. */
public record JsonBoolean(boolean value) implements JsonValue {

  /** The value {@code true}. */
  public static final JsonBoolean TRUE = new JsonBoolean(true);

  /** The value {@code false}. */
  public static final JsonBoolean FALSE = new JsonBoolean(false);

  /** Returns the shared instance of {@code value}. */
  public static JsonBoolean of(boolean value) {
    return value ? TRUE : FALSE;
  }

  @Override
  public String typeName() {
    return "boolean";
  }
}

package dev.millrace.json;

/** The JSON value {@code null}. */
public enum JsonNull implements JsonValue {
  /** The only instance. */
  INSTANCE;

  @Override
  public String typeName() {
    return "null";
  }
}

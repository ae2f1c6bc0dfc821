package dev.millrace.json;

/**
 * An immutable JSON value.
 *
 * <p>Equality is by meaning: the order of an object's members does not count, and {@code 1} equals
 * {@code 1.0}, because both have one canonical form (RFC 8785).
 */
public sealed interface JsonValue
    permits JsonObject, JsonArray, JsonString, JsonNumber, JsonBoolean, JsonNull {

  /** Returns the name of the value's type as JSON Schema spells it. */
  String typeName();
}

package dev.millrace.json;

import java.security.MessageDigest;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Writes canonical JSON (RFC 8785) piece by piece, for code that would only build a tree to throw
 * it away. Names must come in their order (that of {@link String#compareTo}), which is checked;
 * otherwise the caller is trusted to write a well-formed value.
 *
 * <pre>{@code
 * writer.beginObject().name("argv").beginArray().value("sh").endArray().name("salt").value("")
 *     .endObject();
 * }</pre>
 *
 * <p>Can be used again after {@link #reset}. Not safe for use by several threads.
 */
public final class CanonicalWriter {

  private final Utf8Buffer out = new Utf8Buffer();
  private @Nullable String[] lastNames = new @Nullable String[16];
  private int depth;
  private boolean comma;

  /** Forgets what was written. */
  public CanonicalWriter reset() {
    out.clear();
    depth = 0;
    comma = false;
    return this;
  }

  /** Begins an object. */
  public CanonicalWriter beginObject() {
    separate();
    out.ascii('{');
    if (depth == lastNames.length) {
      lastNames = Arrays.copyOf(lastNames, 2 * depth);
    }
    lastNames[depth++] = null;
    comma = false;
    return this;
  }

  /** Ends the object begun last. */
  public CanonicalWriter endObject() {
    depth--;
    out.ascii('}');
    comma = true;
    return this;
  }

  /** Begins an array. */
  public CanonicalWriter beginArray() {
    separate();
    out.ascii('[');
    comma = false;
    return this;
  }

  /** Ends the array begun last. */
  public CanonicalWriter endArray() {
    out.ascii(']');
    comma = true;
    return this;
  }

  /**
   * Writes the name of the next member.
   *
   * @throws IllegalStateException if it does not come after the object's last name
   */
  public CanonicalWriter name(String name) {
    String last = lastNames[depth - 1];
    if (last != null && last.compareTo(name) >= 0) {
      throw new IllegalStateException('"' + name + "\" must not come after \"" + last + '"');
    }
    lastNames[depth - 1] = name;
    separate();
    out.quoted(name);
    out.ascii(':');
    comma = false;
    return this;
  }

  /**
   * Writes a string.
   *
   * @throws IllegalArgumentException if it has half a surrogate pair
   */
  public CanonicalWriter value(String text) {
    separate();
    out.quoted(text);
    comma = true;
    return this;
  }

  /**
   * Writes a whole number.
   *
   * @throws IllegalArgumentException if it is beyond 2^53, and so not exact
   */
  public CanonicalWriter value(long number) {
    if (Math.abs(number) > JsonNumber.EXACT) {
      throw new IllegalArgumentException(number + " is not exact in JSON");
    }
    separate();
    out.whole(number);
    comma = true;
    return this;
  }

  /**
   * Writes a number.
   *
   * @throws IllegalArgumentException if it is not finite
   */
  public CanonicalWriter value(double number) {
    if (!Double.isFinite(number)) {
      throw new IllegalArgumentException("JSON has no number " + number);
    }
    separate();
    out.ascii(EcmaNumber.text(number));
    comma = true;
    return this;
  }

  /** Writes a boolean. */
  public CanonicalWriter value(boolean truth) {
    separate();
    out.ascii(truth ? "true" : "false");
    comma = true;
    return this;
  }

  /** Writes null. */
  public CanonicalWriter nullValue() {
    separate();
    out.ascii("null");
    comma = true;
    return this;
  }

  /** Writes a whole value, its members sorted. */
  public CanonicalWriter value(JsonValue value) {
    switch (value) {
      case JsonObject object -> object(object);
      case JsonArray array -> {
        beginArray();
        for (JsonValue element : array.elements()) {
          value(element);
        }
        endArray();
      }
      case JsonString string -> value(string.value());
      case JsonNumber number -> value(number.value());
      case JsonBoolean truth -> value(truth.value());
      case JsonNull _ -> nullValue();
    }
    return this;
  }

  /** Returns the number of bytes written. */
  public int size() {
    return out.size();
  }

  /** Returns what was written, as UTF-8. */
  public byte[] toBytes() {
    return out.toBytes();
  }

  /** Returns what was written, as a text. */
  public String toText() {
    return out.toText();
  }

  /** Feeds what was written, as UTF-8, to a hash. */
  public void update(MessageDigest hash) {
    out.update(hash);
  }

  private void object(JsonObject object) {
    beginObject();
    String[] names = object.members().keySet().toArray(String[]::new);
    Arrays.sort(names);
    for (String name : names) {
      JsonValue member = object.get(name);
      if (member != null) {
        name(name).value(member);
      }
    }
    endObject();
  }

  private void separate() {
    if (comma) {
      out.ascii(',');
    }
  }
}

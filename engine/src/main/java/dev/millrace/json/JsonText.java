package dev.millrace.json;

import java.util.Iterator;
import java.util.Map;

/** JSON for people: members in the order in which they were written, on one line or on many. */
public final class JsonText {

  private static final String INDENT = "  ";

  private final Utf8Buffer out = new Utf8Buffer();
  private final boolean pretty;

  private JsonText(boolean pretty) {
    this.pretty = pretty;
  }

  /** Returns the value on one line, without spaces. */
  public static String compact(JsonValue value) {
    JsonText text = new JsonText(false);
    text.write(value, 0);
    return text.out.toText();
  }

  /**
   * Returns the value on several lines, indented by two spaces, without a line break at the end.
   */
  public static String pretty(JsonValue value) {
    JsonText text = new JsonText(true);
    text.write(value, 0);
    return text.out.toText();
  }

  private void write(JsonValue value, int level) {
    switch (value) {
      case JsonObject object -> object(object, level);
      case JsonArray array -> array(array, level);
      case JsonString string -> out.quoted(string.value());
      case JsonNumber number -> out.ascii(EcmaNumber.text(number.value()));
      case JsonBoolean truth -> out.ascii(truth.value() ? "true" : "false");
      case JsonNull _ -> out.ascii("null");
    }
  }

  private void object(JsonObject object, int level) {
    out.ascii('{');
    Iterator<Map.Entry<String, JsonValue>> members = object.members().entrySet().iterator();
    boolean any = members.hasNext();
    while (members.hasNext()) {
      Map.Entry<String, JsonValue> member = members.next();
      breakLine(level + 1);
      out.quoted(member.getKey());
      out.ascii(pretty ? ": " : ":");
      write(member.getValue(), level + 1);
      if (members.hasNext()) {
        out.ascii(',');
      }
    }
    if (any) {
      breakLine(level);
    }
    out.ascii('}');
  }

  private void array(JsonArray array, int level) {
    out.ascii('[');
    Iterator<JsonValue> elements = array.elements().iterator();
    boolean any = elements.hasNext();
    while (elements.hasNext()) {
      breakLine(level + 1);
      write(elements.next(), level + 1);
      if (elements.hasNext()) {
        out.ascii(',');
      }
    }
    if (any) {
      breakLine(level);
    }
    out.ascii(']');
  }

  private void breakLine(int level) {
    if (pretty) {
      out.ascii('\n');
      for (int i = 0; i < level; i++) {
        out.ascii(INDENT);
      }
    }
  }
}

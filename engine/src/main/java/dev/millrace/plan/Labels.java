package dev.millrace.plan;

import dev.millrace.digest.Digest;
import dev.millrace.expression.Template;
import dev.millrace.json.CanonicalJson;
import dev.millrace.json.JsonArray;
import dev.millrace.json.JsonNull;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonValue;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The texts by which values appear in names of tasks. A scalar that is short and plain stands for
 * itself; any other value, and one whose text an earlier value of the list has, is {@code ~} and
 * its index in the list. No plain text has a {@code ~}, so labels never clash.
 */
final class Labels {

  private static final int MAX_LENGTH = 40;

  private Labels() {}

  /** Returns which of the values have to go by their numbers. */
  static BitSet toNumber(List<JsonValue> values) {
    BitSet numbered = new BitSet();
    Set<String> seen = HashSet.newHashSet(values.size());
    for (int i = 0; i < values.size(); i++) {
      JsonValue value = values.get(i);
      if (!isScalar(value)) {
        numbered.set(i);
        continue;
      }
      String text = Template.print(value);
      if (!isPlain(text) || !seen.add(text)) {
        numbered.set(i);
      }
    }
    return numbered;
  }

  static String label(JsonValue value, int index, boolean numbered) {
    return numbered ? "~" + index : Template.print(value);
  }

  /** Returns the label of a value of no list: itself, or a part of its digest. */
  static String label(JsonValue value) {
    String text = isScalar(value) ? Template.print(value) : CanonicalJson.text(value);
    return isScalar(value) && isPlain(text) ? text : "~" + Digest.of(text).abbreviated();
  }

  private static boolean isScalar(JsonValue value) {
    return !(value instanceof JsonArray
        || value instanceof JsonObject
        || value instanceof JsonNull);
  }

  private static boolean isPlain(String text) {
    if (text.isEmpty() || text.length() > MAX_LENGTH) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean plain =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || c == '.'
              || c == '_'
              || c == '-'
              || c == '+';
      if (!plain) {
        return false;
      }
    }
    return true;
  }
}

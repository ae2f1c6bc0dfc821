package dev.millrace.json;

import java.util.ArrayList;
import java.util.List;

/** JSON pointers (RFC 6901) as texts: the empty text is the whole document. */
public final class JsonPointer {

  /** The pointer to the whole document. */
  public static final String ROOT = "";

  private JsonPointer() {}

  /** Returns the pointer to the place that the names and indexes lead to, from the root. */
  public static String of(String... tokens) {
    StringBuilder pointer = new StringBuilder();
    for (String token : tokens) {
      pointer.append('/').append(escape(token));
    }
    return pointer.toString();
  }

  /** Returns the pointer to the member {@code name} of what {@code parent} points to. */
  public static String child(String parent, String name) {
    return parent + '/' + escape(name);
  }

  /**
   * Returns the pointer to the element at {@code index}, from 0, of what {@code parent} points to.
   */
  public static String child(String parent, int index) {
    return parent + '/' + index;
  }

  /** Returns the names and indexes, unescaped, of a pointer that was built here. */
  public static List<String> tokens(String pointer) {
    List<String> tokens = new ArrayList<>();
    int start = 1;
    while (start <= pointer.length()) {
      int end = pointer.indexOf('/', start);
      end = end < 0 ? pointer.length() : end;
      tokens.add(pointer.substring(start, end).replace("~1", "/").replace("~0", "~"));
      start = end + 1;
    }
    return tokens;
  }

  private static String escape(String token) {
    boolean plain = token.indexOf('~') < 0 && token.indexOf('/') < 0;
    return plain ? token : token.replace("~", "~0").replace("/", "~1");
  }
}

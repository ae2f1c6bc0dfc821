package dev.millrace.pipeline;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Paths below a directory, the sandbox or that of the document: relative, with {@code /} between
 * names, and never out of it.
 */
final class RelativePath {

  private static final int MAX_NAME = 255;
  private static final int MAX_PATH = 1000;

  private RelativePath() {}

  /**
   * Reads a path.
   *
   * @return it in normal form, without {@code .}, empty names or a slash at the end; null where it
   *     is no such path, which is reported
   */
  static @Nullable String parse(Node node, String expected) {
    String text = node.filledText(expected);
    if (text == null) {
      return null;
    }
    if (isPlain(text)) {
      return text;
    }
    String complaint = complaint(text);
    if (complaint != null) {
      node.problem("bad-path", "the path " + Node.quote(Node.shown(text)) + " " + complaint);
      return null;
    }
    return normal(text);
  }

  /** Whether a path is normal and has nothing in it that needs a closer look, as nearly all are. */
  private static boolean isPlain(String text) {
    char last = '/';
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean fits = last == '/' ? isCommon(c) && c != '.' : isCommon(c) || c == '/';
      if (!fits) {
        return false;
      }
      last = c;
    }
    return last != '/' && text.length() <= MAX_NAME;
  }

  private static boolean isCommon(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '.'
        || c == '_'
        || c == '-';
  }

  private static @Nullable String complaint(String text) {
    if (text.contains("${{")) {
      return "cannot hold an expression; write a fixed path";
    }
    if (text.startsWith("/") || text.startsWith("~")) {
      return "must be relative; write it without the leading \"" + text.charAt(0) + '"';
    }
    if (text.indexOf('\\') >= 0) {
      return "has a backslash; write \"/\" between directories";
    }
    if (text.chars().anyMatch(c -> c < ' ' || c == 0x7F)) {
      return "holds a control character; remove it";
    }
    List<String> names = names(text);
    if (names.contains("..")) {
      return "leaves its directory; write a path without \"..\"";
    }
    if (names.isEmpty()) {
      return "names the directory itself; name something in it";
    }
    return tooLong(text, names) ? "is too long; use shorter names" : null;
  }

  private static boolean tooLong(String text, List<String> names) {
    return bytes(text) > MAX_PATH || names.stream().anyMatch(name -> bytes(name) > MAX_NAME);
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private static String normal(String text) {
    return isNormal(text) ? text : String.join("/", names(text));
  }

  private static boolean isNormal(String text) {
    return !text.startsWith("./")
        && !text.endsWith("/")
        && !text.endsWith("/.")
        && !text.contains("//")
        && !text.contains("/./");
  }

  private static List<String> names(String text) {
    List<String> names = new ArrayList<>();
    for (String name : text.split("/", -1)) {
      if (!name.isEmpty() && !name.equals(".")) {
        names.add(name);
      }
    }
    return names;
  }
}

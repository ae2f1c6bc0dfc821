package dev.millrace.content;

import org.jspecify.annotations.Nullable;

/**
 * Which names and link targets a tree may hold. Names come from steps and other machines: a tree
 * that was placed must never reach outside of its directory.
 */
final class TreeNames {
  private static final char UNDECODABLE = '\uFFFD';

  private TreeNames() {}

  static void requireName(String name) {
    String problem = problemOfName(name);
    if (problem != null) {
      throw new IllegalArgumentException("not a name for a tree entry: '" + name + "' " + problem);
    }
  }

  static void requireTarget(String target) {
    String problem = problemOfTarget(target);
    if (problem != null) {
      throw new IllegalArgumentException("not a target of a link: '" + target + "' " + problem);
    }
  }

  /** Returns why the name cannot stand in a tree, or null if it can. */
  static @Nullable String problemOfName(String name) {
    if (name.isEmpty()) {
      return "is empty";
    }
    if (name.equals(".") || name.equals("..")) {
      return "is no name of its own";
    }
    return name.indexOf('/') >= 0 ? "has a slash in it" : problemOfText(name);
  }

  /** Returns why the path cannot be a link's target, or null if it can. */
  static @Nullable String problemOfTarget(String target) {
    if (target.isEmpty()) {
      return "is empty";
    }
    if (target.startsWith("/")) {
      return "is absolute; a link in a tree must be relative";
    }
    boolean descending = false;
    for (String part : target.split("/", -1)) {
      if (part.equals("..") && descending) {
        return "goes up after it has gone down; write it without the detour";
      }
      descending |= !part.equals("..") && !part.equals(".") && !part.isEmpty();
    }
    return problemOfText(target);
  }

  private static @Nullable String problemOfText(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == 0) {
        return "has a NUL in it";
      }
      boolean paired =
          Character.isHighSurrogate(c)
              && i + 1 < text.length()
              && Character.isLowSurrogate(text.charAt(i + 1));
      if (c == UNDECODABLE || (Character.isSurrogate(c) && !paired)) {
        return "is not UTF-8 text (or the locale is not a UTF-8 one: set LC_ALL=C.UTF-8)";
      }
      i += paired ? 1 : 0;
    }
    return null;
  }

  /**
   * Returns whether a link leads out of the outermost tree. Only leading {@code ..} count, and a
   * link's own directory is never reached through another link while a tree is placed; so each link
   * that passes stays inside, and so does every chain of them.
   *
   * @param depth of the link's directory: 0 for the outermost
   */
  static boolean escapes(String target, int depth) {
    int ups = 0;
    for (String part : target.split("/", -1)) {
      ups += part.equals("..") ? 1 : 0;
    }
    return ups > depth;
  }
}

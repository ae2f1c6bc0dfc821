package dev.millrace.sandbox;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Which paths may be named in a sandbox: relative ones that stay inside. */
final class SandboxPaths {
  private SandboxPaths() {}

  /**
   * Returns the path without {@code .} and empty components.
   *
   * @throws IllegalArgumentException if it is absolute, leads upwards or names no file
   */
  static String normalize(String path) {
    if (path.startsWith("/") || path.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("not a relative path: '" + path + "'");
    }
    if (isNormal(path)) {
      return path;
    }
    List<String> parts = new ArrayList<>();
    for (String part : path.split("/", -1)) {
      if (part.equals("..")) {
        throw new IllegalArgumentException("the path leaves the sandbox: '" + path + "'");
      }
      if (!part.isEmpty() && !part.equals(".")) {
        parts.add(part);
      }
    }
    if (parts.isEmpty()) {
      throw new IllegalArgumentException("the path names the sandbox itself: '" + path + "'");
    }
    return String.join("/", parts);
  }

  /** Returns whether no component is empty or consists of dots: the usual case. */
  private static boolean isNormal(String path) {
    int start = 0;
    for (int i = 0; i <= path.length(); i++) {
      if (i == path.length() || path.charAt(i) == '/') {
        if (i == start || (path.charAt(start) == '.' && i - start <= 2)) {
          return false;
        }
        start = i + 1;
      }
    }
    return true;
  }

  /**
   * Returns the directory of a normalized path, or the empty string for one at the top.
   *
   * @param path not empty
   */
  static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? "" : path.substring(0, slash);
  }

  /** Returns those paths that hold another one of {@code paths} or lie inside one. */
  static Set<String> nested(Collection<String> paths) {
    if (paths.size() < 2) {
      return Set.of();
    }
    Set<String> all = new HashSet<>(paths);
    Set<String> nested = new HashSet<>();
    for (String path : paths) {
      for (String up = parent(path); !up.isEmpty(); up = parent(up)) {
        if (all.contains(up)) {
          nested.add(up);
          nested.add(path);
        }
      }
    }
    return nested;
  }
}

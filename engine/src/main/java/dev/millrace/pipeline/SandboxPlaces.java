package dev.millrace.pipeline;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The places that a step's inputs and outputs take in its sandbox. No two may be the same, nor one
 * inside the other: inputs are read-only, and outputs are taken over whole.
 */
final class SandboxPlaces {

  private record Place(String name, boolean isInput) {
    String label() {
      return (isInput ? "the input " : "the output ") + Node.quote(name);
    }
  }

  private final Map<String, Place> places = new HashMap<>();

  /** A place inside each directory that is none itself. */
  private final Map<String, Place> insides = new HashMap<>();

  /** Takes the place of an input, unless it is taken, which is reported. */
  void input(Node at, String name, String path) {
    Place place = new Place(name, true);
    if (isWithin(path, "tmp")) {
      at.problem(
          "path-conflict", place.label() + " cannot be placed in tmp/, which is the step's own");
      return;
    }
    if (path.equals("inputs")) {
      at.problem(
          "path-conflict", place.label() + " cannot take all of inputs/; place it at a path in it");
      return;
    }
    take(at, place, path);
  }

  /** Takes the place of an output, unless it is taken, which is reported. */
  void output(Node at, String name, String path) {
    Place place = new Place(name, false);
    if (isWithin(path, "inputs") || isWithin(path, "tmp")) {
      String directory = path.startsWith("inputs") ? "inputs/" : "tmp/";
      at.problem(
          "path-conflict", place.label() + " cannot lie in " + directory + "; write another path");
      return;
    }
    take(at, place, path);
  }

  private void take(Node at, Place place, String path) {
    Place same = places.get(path);
    if (same != null) {
      conflict(at, place.label() + " has the same path as " + same.label());
      return;
    }
    Place around = around(path);
    if (around != null) {
      String why = around.isInput ? ", which is read-only" : "";
      conflict(at, place.label() + " lies inside " + around.label() + why);
      return;
    }
    Place inside = insides.get(path);
    if (inside != null) {
      conflict(at, place.label() + " has " + inside.label() + " inside it");
      return;
    }
    places.put(path, place);
    for (int i = path.lastIndexOf('/'); i > 0; i = path.lastIndexOf('/', i - 1)) {
      insides.putIfAbsent(path.substring(0, i), place);
    }
  }

  private @Nullable Place around(String path) {
    for (int i = path.lastIndexOf('/'); i > 0; i = path.lastIndexOf('/', i - 1)) {
      Place around = places.get(path.substring(0, i));
      if (around != null) {
        return around;
      }
    }
    return null;
  }

  private static void conflict(Node at, String message) {
    at.problem("path-conflict", message + "; write different paths");
  }

  private static boolean isWithin(String path, String directory) {
    return path.startsWith(directory)
        && (path.length() == directory.length() || path.charAt(directory.length()) == '/');
  }
}

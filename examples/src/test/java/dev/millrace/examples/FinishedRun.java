package dev.millrace.examples;

import dev.millrace.json.JsonNumber;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonReader;
import dev.millrace.json.JsonString;
import dev.millrace.json.JsonValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What {@code millrace run --json} said of a run: its events, and its summary as the last line. */
final class FinishedRun {
  private final List<JsonObject> lines;

  /** Reads the command's stdout. */
  FinishedRun(String stdout) {
    lines = stdout.lines().map(line -> (JsonObject) JsonReader.read(line)).toList();
  }

  /** Returns the number of tasks of which the summary says {@code what}, such as cached. */
  int tasks(String what) {
    return (int) ((JsonNumber) at(lines.getLast(), "tasks", what)).value();
  }

  /** Returns how many tasks were attempted, by step. */
  SortedMap<String, Integer> attempted() {
    SortedMap<String, Integer> counts = new TreeMap<>();
    Set<String> seen = new HashSet<>();
    for (JsonObject line : lines) {
      boolean started = new JsonString("started").equals(line.get("type"));
      if (started && line.get("task") instanceof JsonString(String task) && seen.add(task)) {
        counts.merge(task.replaceFirst("\\[.*", ""), 1, Integer::sum);
      }
    }
    return counts;
  }

  /** Returns the content of an output: as JSON if it is, otherwise as a text. */
  JsonValue output(String name) throws IOException {
    String path = ((JsonString) at(lines.getLast(), "outputs", name, "path")).value();
    String text = Files.readString(Path.of(path));
    return path.endsWith(".json") ? JsonReader.read(text) : new JsonString(text);
  }

  private static JsonValue at(JsonObject json, String... path) {
    @Nullable JsonValue value = json;
    for (String name : path) {
      value = value instanceof JsonObject object ? object.get(name) : null;
    }
    if (value == null) {
      throw new IllegalStateException("no " + String.join("/", path) + " in " + json);
    }
    return value;
  }
}

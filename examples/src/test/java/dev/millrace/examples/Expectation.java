package dev.millrace.examples;

import dev.millrace.json.JsonArray;
import dev.millrace.json.JsonNumber;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonReader;
import dev.millrace.json.JsonString;
import dev.millrace.json.JsonValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What an example's {@code expected.json} says.
 *
 * @param tasks of a run, in all
 * @param tolerance by which numbers of the outputs may differ
 * @param outputs expected contents by output name
 * @param changes to make one after the other, each with a run that follows
 */
record Expectation(int tasks, double tolerance, JsonObject outputs, List<Change> changes) {

  /**
   * A change after which only what depends on it runs again.
   *
   * @param name says what is changed
   * @param append texts to add to files, by path; they stay for the changes that follow
   * @param params values of parameters for this run alone
   * @param ran how many tasks of which step run
   * @param outputs expected contents by output name, of those that are of interest
   */
  record Change(
      String name,
      SortedMap<String, String> append,
      SortedMap<String, String> params,
      SortedMap<String, Integer> ran,
      JsonObject outputs) {}

  static Expectation read(Path file) throws IOException {
    JsonObject json = (JsonObject) JsonReader.read(Files.readString(file));
    List<Change> changes = new ArrayList<>();
    for (JsonValue change : ((JsonArray) member(json, "then")).elements()) {
      changes.add(change((JsonObject) change));
    }
    return new Expectation(
        (int) number(json, "tasks"), number(json, "tolerance"), object(json, "outputs"), changes);
  }

  private static Change change(JsonObject json) {
    SortedMap<String, Integer> ran = new TreeMap<>();
    object(json, "ran")
        .members()
        .forEach((step, count) -> ran.put(step, (int) ((JsonNumber) count).value()));
    return new Change(
        ((JsonString) member(json, "change")).value(),
        texts(object(json, "append")),
        texts(object(json, "params")),
        ran,
        object(json, "outputs"));
  }

  private static SortedMap<String, String> texts(JsonObject json) {
    SortedMap<String, String> texts = new TreeMap<>();
    json.members().forEach((name, value) -> texts.put(name, ((JsonString) value).value()));
    return texts;
  }

  private static JsonObject object(JsonObject json, String name) {
    return json.get(name) instanceof JsonObject object ? object : JsonObject.EMPTY;
  }

  private static double number(JsonObject json, String name) {
    return ((JsonNumber) member(json, name)).value();
  }

  private static JsonValue member(JsonObject json, String name) {
    JsonValue value = json.get(name);
    if (value == null) {
      throw new IllegalArgumentException("expected.json has no " + name);
    }
    return value;
  }
}

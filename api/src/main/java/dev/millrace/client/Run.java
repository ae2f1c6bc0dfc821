package dev.millrace.client;

import dev.millrace.json.JsonNumber;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonString;
import dev.millrace.json.JsonText;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A run as a server lists it.
 *
 * @param id sorts by the time of submission
 * @param pipeline name of the pipeline
 * @param status {@code running}, {@code succeeded}, {@code failed} or {@code cancelled}
 * @param finished when it ended, or null while it has not
 * @param tasks numbers of tasks by how they stand; {@code cached} ones are among the succeeded
 */
public record Run(
    String id,
    String pipeline,
    String status,
    Instant submitted,
    @Nullable Instant finished,
    Map<String, String> labels,
    Map<String, Long> tasks) {

  public Run {
    labels = Map.copyOf(labels);
    tasks = Map.copyOf(tasks);
  }

  /** Returns whether it has ended; it may be taken up again if it has not succeeded. */
  public boolean hasEnded() {
    return finished != null;
  }

  static Run of(JsonObject json) {
    Answers.Reader told = new Answers.Reader(json);
    Map<String, String> labels = new TreeMap<>();
    told.object("labels")
        .members()
        .forEach((name, value) -> labels.put(name, text(value instanceof JsonString s ? s : null)));
    Map<String, Long> tasks = new TreeMap<>();
    told.object("tasks")
        .members()
        .forEach((name, value) -> tasks.put(name, value instanceof JsonNumber n ? n.asLong() : 0L));
    return new Run(
        told.text("run"),
        told.text("pipeline"),
        told.text("status"),
        Instant.ofEpochMilli(told.number("submittedAt", 0)),
        json.get("finishedAt") instanceof JsonNumber at ? Instant.ofEpochMilli(at.asLong()) : null,
        labels,
        tasks);
  }

  private static String text(@Nullable JsonString value) {
    return value == null ? "" : value.value();
  }

  /** Returns the numbers of tasks as one JSON object. */
  String tasksJson() {
    Map<String, JsonNumber> numbers = new TreeMap<>();
    tasks.forEach((name, count) -> numbers.put(name, new JsonNumber(count)));
    return JsonText.compact(JsonObject.of(numbers));
  }
}

package dev.millrace.wire;

import dev.millrace.json.JsonNumber;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonString;
import dev.millrace.json.JsonValue;
import dev.millrace.run.RunEventCodec;
import dev.millrace.runtime.CommittedFact;
import dev.millrace.runtime.RunView;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Makes facts of a run of the CloudEvents that tell them. The events name steps and tasks, facts
 * number them: so an event is read after all before it were applied to the run. Used by one thread.
 */
public final class EventReader {
  private final RunView run;
  private final Map<String, Integer> numbers = new HashMap<>();

  /**
   * @param run as it stands after the events so far
   */
  public EventReader(RunView run) {
    this.run = run;
  }

  /** Returns the submission that the first event of a run tells; empty of any other. */
  public static JsonObject given(JsonObject event) {
    return object(object(event, "data"), "given");
  }

  /**
   * Reads the next event of the run.
   *
   * @param event a CloudEvent
   * @throws IllegalArgumentException if it is none, or of a version that is not known here
   */
  public CommittedFact read(JsonObject event) {
    String type = text(event, "type");
    SequencedMap<String, JsonValue> members = new LinkedHashMap<>();
    members.put("at", new JsonNumber(Instant.parse(text(event, "time")).toEpochMilli()));
    members.put("type", new JsonString(type.substring(type.lastIndexOf('.') + 1)));
    object(event, "data").members().forEach((name, value) -> take(name, value, members));
    RunEventCodec.Timed fact = RunEventCodec.decode(new JsonObject(members));
    if (type.endsWith(".expanded") || type.endsWith(".reopened")) {
      numbers.clear();
    }
    return new CommittedFact(Long.parseLong(text(event, "id")), fact.atMillis(), fact.event());
  }

  private void take(String name, JsonValue value, Map<String, JsonValue> members) {
    switch (name) {
      case "given" -> members.put("submission", value);
      case "key" -> members.put("key", sized(value));
      case "result" -> {
        if (value instanceof JsonObject result) {
          members.put("result", ResultReader.kept(result));
        } else {
          members.put("status", value);
        }
      }
      case "step" -> members.put("step", new JsonNumber(step(value)));
      case "task" -> members.put("task", new JsonNumber(task(value)));
      default -> members.put(name, value);
    }
  }

  /** The size of a key is no part of what is told: it names an action that nobody reads by it. */
  private static JsonObject sized(JsonValue hash) {
    return JsonObject.of(Map.of("digest", hash, "size", new JsonNumber(0)));
  }

  private int step(JsonValue name) {
    int step = name instanceof JsonString(String id) ? run.plan().indexOf(id) : -1;
    if (step < 0) {
      throw new IllegalArgumentException("the run has no step " + name);
    }
    return step;
  }

  /** All names are noted at once: to look for each alone would take the square of their number. */
  private int task(JsonValue value) {
    String name = value instanceof JsonString(String text) ? text : "";
    if (!numbers.containsKey(name)) {
      for (int task : run.taskNumbers()) {
        numbers.put(run.taskName(task), task);
      }
    }
    Integer number = numbers.get(name);
    if (number == null) {
      throw new IllegalArgumentException("the run has no task " + name);
    }
    return number;
  }

  private static JsonObject object(JsonObject object, String name) {
    return object.get(name) instanceof JsonObject member ? member : JsonObject.EMPTY;
  }

  private static String text(JsonObject object, String name) {
    return object.get(name) instanceof JsonString(String text) ? text : "";
  }
}

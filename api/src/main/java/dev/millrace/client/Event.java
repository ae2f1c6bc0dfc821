package dev.millrace.client;

import dev.millrace.json.JsonObject;
import java.time.Instant;

/**
 * Something that happened in a run and is durable.
 *
 * @param sequence its number within the run, from 1 and without gaps
 * @param type such as {@code dev.millrace.task.succeeded}
 * @param subject the task or the step that it is about; empty where it is the run
 * @param data what else there is to say, by the type
 * @param json the whole CloudEvent
 */
public record Event(
    long sequence, String type, String subject, Instant time, JsonObject data, JsonObject json) {

  /** Reads a CloudEvent. */
  static Event of(JsonObject json) {
    Answers.Reader told = new Answers.Reader(json);
    return new Event(
        Long.parseLong(told.text("id")),
        told.text("type"),
        told.text("subject"),
        Instant.parse(told.text("time")),
        told.object("data"),
        json);
  }
}

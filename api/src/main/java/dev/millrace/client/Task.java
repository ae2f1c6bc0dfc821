package dev.millrace.client;

import dev.millrace.cache.ActionResult;
import dev.millrace.json.JsonNumber;
import dev.millrace.json.JsonObject;
import dev.millrace.run.Failure;
import dev.millrace.wire.ResultReader;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A task of a run.
 *
 * @param name such as {@code train[depth=4]}
 * @param status such as {@code running}, {@code succeeded}, {@code cached}
 * @param attempts in order
 * @param key the digest of its action, empty where none was made
 * @param result what it made, or null while it has not succeeded
 * @param json the whole answer
 */
public record Task(
    String run,
    String name,
    String status,
    List<Attempt> attempts,
    String key,
    @Nullable ActionResult result,
    JsonObject json) {

  public Task {
    attempts = List.copyOf(attempts);
  }

  /**
   * An attempt to run a task.
   *
   * @param number from 1
   * @param worker where it ran
   * @param ended when it ended, or null while it has not
   * @param failure how it failed, or null where it did not
   */
  public record Attempt(
      int number,
      String worker,
      Instant started,
      @Nullable Instant ended,
      @Nullable Failure failure) {

    static Attempt of(JsonObject json) {
      Answers.Reader told = new Answers.Reader(json);
      return new Attempt(
          (int) told.number("attempt", 0),
          told.text("worker"),
          Instant.ofEpochMilli(told.number("startedAt", 0)),
          json.get("endedAt") instanceof JsonNumber at ? Instant.ofEpochMilli(at.asLong()) : null,
          json.get("failure") instanceof JsonObject failure ? ResultReader.failure(failure) : null);
    }
  }

  static Task of(JsonObject json) {
    Answers.Reader told = new Answers.Reader(json);
    return new Task(
        told.text("run"),
        told.text("task"),
        told.text("status"),
        told.all("attempts", Attempt::of),
        told.text("key"),
        json.get("result") instanceof JsonObject result ? ResultReader.result(result) : null,
        json);
  }
}

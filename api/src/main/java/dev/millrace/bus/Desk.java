package dev.millrace.bus;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/** Answers what is asked on the bus as HTTP answers it. Safe for use by many threads. */
public interface Desk {
  /**
   * What is asked.
   *
   * @param operation its id in the HTTP contract
   * @param authorization as the HTTP header has it, or null
   * @param idempotencyKey as the HTTP header has it, or null
   * @param body parameters of the path and the query by name, and the members of the HTTP body
   */
  record Question(
      String operation,
      @Nullable String authorization,
      @Nullable String idempotencyKey,
      JsonObject body) {}

  /**
   * What is answered.
   *
   * @param status as of HTTP
   * @param body a JSON object; problem details where the status is 400 or more
   */
  record Answer(int status, Buffer body) {
    /** Returns whether it is what was asked for. */
    public boolean isGood() {
      return status < 400;
    }
  }

  /** Answers; the future never fails. */
  Future<Answer> ask(Question question);

  /** Returns why somebody may not ask for an operation, or null if they may. */
  @Nullable Answer refusal(@Nullable String authorization, String operation);

  /** Returns whether somebody may ask for anything at all. */
  boolean knows(@Nullable String authorization);

  /** Makes problem details. */
  Answer problem(int status, String detail);
}

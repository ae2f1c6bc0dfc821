package dev.millrace.client;

import dev.millrace.json.JsonArray;
import dev.millrace.json.JsonException;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonReader;
import dev.millrace.json.JsonString;
import dev.millrace.json.JsonValue;
import dev.millrace.pipeline.Problem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A server refused a request, or could not answer it; its problem details (RFC 9457). */
public final class ServerProblemException extends IOException {
  private static final long serialVersionUID = 1;

  private final int status;
  private final String detail;
  private final transient List<Problem> problems;

  ServerProblemException(int status, String detail, List<Problem> problems) {
    super(message(status, detail, problems));
    this.status = status;
    this.detail = detail;
    this.problems = List.copyOf(problems);
  }

  private static String message(int status, String detail, List<Problem> problems) {
    StringBuilder message = new StringBuilder("the server answers ").append(status);
    message.append(": ").append(detail);
    for (Problem problem : problems) {
      message.append("; ").append(problem.pointer()).append(' ').append(problem.message());
    }
    return message.toString();
  }

  /** Reads what a server, or something before it, says with a status of failure. */
  static ServerProblemException of(int status, byte[] body) {
    JsonValue json;
    try {
      json = body.length == 0 ? JsonObject.EMPTY : JsonReader.read(body);
    } catch (JsonException e) {
      json = JsonObject.EMPTY;
    }
    JsonObject told = json instanceof JsonObject object ? object : JsonObject.EMPTY;
    List<Problem> problems = new ArrayList<>();
    if (told.get("problems") instanceof JsonArray array) {
      for (JsonValue element : array.elements()) {
        if (element instanceof JsonObject problem) {
          problems.add(
              new Problem(
                  text(problem, "code"), text(problem, "pointer"), text(problem, "detail")));
        }
      }
    }
    String detail = text(told, "detail");
    return new ServerProblemException(
        status, detail.isEmpty() ? "it does not say why" : detail, problems);
  }

  private static String text(JsonObject object, String name) {
    return object.get(name) instanceof JsonString(String text) ? text : "";
  }

  /** Returns the HTTP status. */
  public int status() {
    return status;
  }

  /** Returns what is wrong, in a sentence. */
  public String detail() {
    return detail;
  }

  /**
   * Returns everything that is wrong with what was sent, each with its place in the request; empty
   * where the server lists nothing.
   */
  public List<Problem> problems() {
    return problems;
  }

  /** Returns whether the same request may be answered a little later. */
  boolean isTransient() {
    return status == 429 || status == 502 || status == 503 || status == 504;
  }
}

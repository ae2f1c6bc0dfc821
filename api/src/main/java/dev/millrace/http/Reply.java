package dev.millrace.http;

import dev.millrace.json.CanonicalWriter;
import java.util.Map;

/**
 * What is answered to a request.
 *
 * @param contentType of the body; empty where there is none
 * @param body the whole of it
 * @param headers further ones
 */
@SuppressWarnings("ArrayRecordComponent")
record Reply(int status, String contentType, byte[] body, Map<String, String> headers) {
  private static final Map<Integer, String> TITLES =
      Map.ofEntries(
          Map.entry(400, "Bad Request"),
          Map.entry(401, "Unauthorized"),
          Map.entry(403, "Forbidden"),
          Map.entry(404, "Not Found"),
          Map.entry(405, "Method Not Allowed"),
          Map.entry(409, "Conflict"),
          Map.entry(411, "Length Required"),
          Map.entry(413, "Content Too Large"),
          Map.entry(415, "Unsupported Media Type"),
          Map.entry(422, "Unprocessable Content"),
          Map.entry(429, "Too Many Requests"),
          Map.entry(500, "Internal Server Error"),
          Map.entry(503, "Service Unavailable"));

  Reply {
    headers = Map.copyOf(headers);
  }

  static Reply json(int status, CanonicalWriter json) {
    return json(status, json, Map.of());
  }

  static Reply json(int status, CanonicalWriter json, Map<String, String> headers) {
    return new Reply(status, "application/json", json.toBytes(), headers);
  }

  /** An answer that says that it was done. */
  static Reply nothing() {
    return new Reply(204, "", new byte[0], Map.of());
  }

  /** Problem details (RFC 9457), with the list of problems where there is one. */
  static Reply problem(ApiException failure) {
    CanonicalWriter json = new CanonicalWriter().beginObject();
    json.name("detail").value(String.valueOf(failure.getMessage()));
    if (!failure.problems().isEmpty()) {
      json.name("problems").beginArray();
      for (var problem : failure.problems()) {
        json.beginObject().name("code").value(problem.code());
        json.name("detail").value(problem.message());
        json.name("pointer").value(problem.pointer()).endObject();
      }
      json.endArray();
    }
    Map<String, String> headers =
        switch (failure.status()) {
          case 401 -> Map.of("WWW-Authenticate", "Bearer");
          case 503 -> Map.of("Retry-After", "1");
          default -> Map.of();
        };
    return problem(json, failure.status(), headers);
  }

  /** Problem details without a list. */
  static Reply problem(int status, String detail) {
    CanonicalWriter json = new CanonicalWriter().beginObject();
    return problem(json.name("detail").value(detail), status, Map.of());
  }

  private static Reply problem(CanonicalWriter json, int status, Map<String, String> headers) {
    json.name("status").value((long) status);
    json.name("title").value(TITLES.getOrDefault(status, "Error")).endObject();
    return new Reply(status, "application/problem+json", json.toBytes(), headers);
  }
}

package dev.millrace.http;

import dev.millrace.access.Principal;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was asked, taken down on the connection's context for a thread that may wait.
 *
 * @param principal who asks
 * @param path the parameters in the path, by name
 * @param query the others, by name
 * @param idempotencyKey the header, or null
 * @param traceparent the header that names the span of which this is a part, or null
 * @param body empty where there is none
 */
@SuppressWarnings("ArrayRecordComponent")
record Request(
    Principal principal,
    Map<String, String> path,
    Map<String, List<String>> query,
    @Nullable String idempotencyKey,
    @Nullable String traceparent,
    byte[] body) {

  /** A request that is no part of a trace. */
  Request(
      Principal principal,
      Map<String, String> path,
      Map<String, List<String>> query,
      @Nullable String idempotencyKey,
      byte[] body) {
    this(principal, path, query, idempotencyKey, null, body);
  }

  static Request of(RoutingContext context) {
    HttpServerRequest request = context.request();
    Map<String, List<String>> query = new HashMap<>();
    context.queryParams().names().forEach(name -> query.put(name, context.queryParam(name)));
    Buffer body = context.body() == null ? null : context.body().buffer();
    return new Request(
        Callers.of(context),
        context.pathParams(),
        query,
        request.getHeader("Idempotency-Key"),
        request.getHeader("traceparent"),
        body == null ? new byte[0] : body.getBytes());
  }

  /** Returns a parameter of the path. */
  String path(String name) {
    String value = path.get(name);
    if (value == null) {
      throw ApiException.badRequest("the path needs " + name);
    }
    return value;
  }

  /** Returns a parameter that is given at most once, or null. */
  @Nullable String query(String name) {
    List<String> values = query.getOrDefault(name, List.of());
    return values.isEmpty() ? null : values.getFirst();
  }

  /** Returns a whole number that the contract has checked. */
  long number(String name, long otherwise) {
    String value = query(name);
    try {
      return value == null ? otherwise : Long.parseLong(value);
    } catch (NumberFormatException e) {
      throw ApiException.badRequest(name + " must be a whole number, not \"" + value + '"');
    }
  }
}

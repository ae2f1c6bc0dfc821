package dev.millrace.http;

import dev.millrace.access.Principal;
import dev.millrace.telemetry.Log;
import dev.millrace.telemetry.Meters;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What those ask who look after a server, and what is told of all other requests. */
final class Probes {
  private static final String OPERATION = "millrace.operation";
  private static final String STREAM = "millrace.stream";
  private static final String READINESS = "getReadiness";
  private static final String METRICS = "getMetrics";

  private final Callers callers;
  private final Readiness readiness;
  private final Meters meters;
  private final Log log = Log.of("http");

  Probes(Callers callers, Readiness readiness, Meters meters) {
    this.callers = callers;
    this.readiness = readiness;
    this.meters = meters;
  }

  /**
   * Makes the router of all requests.
   *
   * @param api for all that are not for this
   */
  Router router(Vertx vertx, Router api) {
    Waiting waiting = new Waiting(vertx, "millrace-probe", 2);
    Router router = Router.router(vertx);
    router.route().handler(this::count).failureHandler(Api::failed);
    // What Vert.x itself cannot read, as a path that is not percent-encoded as it must be.
    router.errorHandler(
        400, context -> Api.reply(context, Reply.problem(400, "the request is malformed")));
    router.route().handler(callers::refuseForeignNames);
    // Answered by the event loop alone: it tells that the process lives, and nothing else.
    router
        .get("/healthz")
        .handler(named("getHealth", context -> Api.reply(context, plain("ok\n"))));
    router
        .get("/readyz")
        .handler(
            named(
                READINESS,
                context ->
                    waiting
                        .call(() -> ready(isKnown(context)))
                        .onSuccess(reply -> Api.reply(context, reply))
                        .onFailure(context::fail)));
    router.get("/metrics").handler(callers::identify);
    router
        .get("/metrics")
        .handler(
            named(
                METRICS,
                context -> {
                  callers.admit(Callers.of(context), METRICS);
                  String accept = context.request().getHeader("Accept");
                  waiting
                      .call(() -> metrics(accept))
                      .onSuccess(reply -> Api.reply(context, reply))
                      .onFailure(context::fail);
                }));
    router.route("/*").subRouter(api);
    return router;
  }

  private static Handler<RoutingContext> named(String operation, Handler<RoutingContext> handler) {
    return context -> {
      name(context, operation);
      handler.handle(context);
    };
  }

  private boolean isKnown(RoutingContext context) {
    return callers.find(context.request().getHeader("Authorization")) != null;
  }

  /** Anybody may ask; what is wrong, with paths in it, is told to those who show a token. */
  private Reply ready(boolean known) {
    return readiness
        .unfit()
        .map(reason -> Reply.problem(503, known ? reason : "not ready; the server's log says why"))
        .orElseGet(() -> plain("ok\n"));
  }

  private static Reply plain(String text) {
    return new Reply(200, "text/plain", bytes(text), Map.of());
  }

  private Reply metrics(@Nullable String accept) {
    Meters.Scrape scrape = meters.scrape(accept);
    return new Reply(200, scrape.contentType(), bytes(scrape.text()), Map.of());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  // ---- all requests ----

  private void count(RoutingContext context) {
    long begun = System.nanoTime();
    context.addEndHandler(ended -> answered(context, begun, ended.succeeded()));
    context.next();
  }

  /** Says by its id in the contract what is asked for. */
  static void name(RoutingContext context, String operation) {
    context.put(OPERATION, operation);
  }

  /** Says that the answer lasts as long as something else does. */
  static void isStream(RoutingContext context) {
    context.put(STREAM, true);
  }

  private void answered(RoutingContext context, long begun, boolean whole) {
    String operation = context.get(OPERATION, "none");
    int status = context.response().getStatusCode();
    boolean stream = context.get(STREAM, false);
    meters.answered(operation, status, whole && !stream ? System.nanoTime() - begun : -1);
    if (status >= 500 && !operation.equals(READINESS)) {
      Map<String, Object> fields = new TreeMap<>();
      fields.put("operation", operation);
      fields.put("method", context.request().method());
      fields.put("path", context.request().path());
      fields.put("status", status);
      Principal principal = Callers.known(context);
      if (principal != null) {
        fields.put("by", principal.name());
      }
      log.warning("a request could not be answered", fields);
    }
  }
}

package dev.millrace.http;

import dev.millrace.content.StorageUnavailableException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import io.vertx.ext.web.handler.HttpException;
import io.vertx.ext.web.openapi.router.RequestExtractor;
import io.vertx.ext.web.openapi.router.RouterBuilder;
import io.vertx.json.schema.OutputUnit;
import io.vertx.openapi.contract.OpenAPIContract;
import io.vertx.openapi.validation.SchemaValidationException;
import io.vertx.openapi.validation.ValidatorException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Objects;
import java.util.Set;

/** Leads each request to its operation, and every failure to problem details. */
final class Api {
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]", "::1");
  private static final int LARGEST_DOCUMENT = 64 << 20;

  private final Vertx vertx;
  private final Waiting waiting;
  private final EventStream.Host streams;
  private final RunOperations operations;
  private final BlobOperations blobs;

  Api(Vertx vertx, EventStream.Host streams, RunOperations operations, BlobOperations blobs) {
    this.vertx = vertx;
    this.streams = streams;
    this.operations = operations;
    this.blobs = blobs;
    waiting = new Waiting(vertx);
  }

  /** An operation that is answered as a whole, on a thread that may wait. */
  @FunctionalInterface
  private interface Operation {
    Reply answer(Request request) throws Exception;
  }

  /** An operation whose answer is sent in pieces. */
  @FunctionalInterface
  private interface Streamed {
    Future<?> answer(RoutingContext context);
  }

  /**
   * Makes the router.
   *
   * @param contract what is promised; requests are checked against it
   * @param contractText as it is served
   */
  Router router(OpenAPIContract contract, Buffer contractText) {
    Router router = Router.router(vertx);
    router.route().handler(Api::refuseForeignNames).failureHandler(Api::failed);
    router.get("/healthz").handler(context -> plain(context, "ok"));
    router.get("/readyz").handler(context -> plain(context, "ok"));
    router
        .get("/openapi.yaml")
        .handler(
            context ->
                context.response().putHeader("Content-Type", "application/yaml").end(contractText));
    // Content does not fit into memory: it goes past the handler of bodies.
    router.put("/v1/blobs/:digest").handler(context -> stream(context, this::receive));
    router.route("/v1/*").handler(BodyHandler.create(false).setBodyLimit(LARGEST_DOCUMENT));
    RouterBuilder builder =
        RouterBuilder.create(vertx, contract, RequestExtractor.withBodyHandler());
    operation(builder, "submitRun", operations::submit);
    operation(builder, "listRuns", operations::list);
    operation(builder, "getRun", operations::get);
    operation(builder, "listTasks", operations::tasks);
    operation(builder, "getTask", operations::task);
    operation(builder, "getOutputs", operations::outputs);
    operation(builder, "cancelRun", operations::cancel);
    operation(builder, "retryRun", operations::retry);
    operation(builder, "approveTask", operations::approve);
    operation(builder, "findMissingBlobs", blobs::missing);
    streamed(builder, "readEvents", this::events);
    streamed(builder, "getLog", this::log);
    streamed(builder, "getBlob", this::blob);
    streamed(builder, "headBlob", this::blob);
    router.route("/*").subRouter(builder.createRouter());
    router.route().handler(context -> context.fail(404));
    return router;
  }

  private static void plain(RoutingContext context, String text) {
    var _ = context.response().putHeader("Content-Type", "text/plain").end(text + "\n");
  }

  /**
   * Without tokens only this machine may ask. A page in its browser is not it, neither one whose
   * name was pointed at this machine nor one from elsewhere that posts a form here.
   */
  private static void refuseForeignNames(RoutingContext context) {
    HostAndPort authority = context.request().authority();
    String origin = context.request().getHeader("Origin");
    if (authority != null
        && LOOPBACK.contains(authority.host())
        && (origin == null || isLoopback(origin))) {
      context.next();
    } else {
      reply(
          context,
          Reply.problem(403, "this server answers only to this machine, under the name localhost"));
    }
  }

  private static boolean isLoopback(String origin) {
    try {
      String host = new URI(origin).getHost();
      return host != null && LOOPBACK.contains(host);
    } catch (URISyntaxException e) {
      return false;
    }
  }

  private void operation(RouterBuilder builder, String id, Operation operation) {
    streamed(builder, id, context -> answer(context, operation));
  }

  private void streamed(RouterBuilder builder, String id, Streamed operation) {
    Objects.requireNonNull(builder.getRoute(id), id)
        .addHandler(context -> stream(context, operation));
  }

  private static void stream(RoutingContext context, Streamed operation) {
    operation.answer(context).onFailure(failure -> failed(context, failure));
  }

  private Future<Void> answer(RoutingContext context, Operation operation) {
    Request request = Request.of(context);
    return waiting
        .call(() -> operation.answer(request))
        .onSuccess(reply -> reply(context, reply))
        .mapEmpty();
  }

  private Future<?> events(RoutingContext context) {
    String accept = context.request().getHeader("Accept");
    if (accept == null || !accept.contains("text/event-stream")) {
      return answer(context, operations::events);
    }
    Request request = Request.of(context);
    String seen = context.request().getHeader("Last-Event-ID");
    return waiting
        .call(
            () -> {
              operations.get(request);
              return streams.logs().open(request.path("run"));
            })
        .onSuccess(
            log ->
                new EventStream(
                        streams,
                        log,
                        request.path("run"),
                        context.response(),
                        seen == null ? request.number("after", 0) : number(seen))
                    .begin());
  }

  private static long number(String text) {
    try {
      return Math.max(0, Long.parseLong(text));
    } catch (NumberFormatException e) {
      return 0; // an id of somebody else: from the beginning
    }
  }

  private Future<?> log(RoutingContext context) {
    Request request = Request.of(context);
    return waiting
        .call(() -> operations.log(request))
        .compose(text -> blobs.send(context, text, "text/plain; charset=utf-8"));
  }

  private Future<?> blob(RoutingContext context) {
    Request request = Request.of(context);
    return waiting
        .call(() -> blobs.find(request))
        .compose(found -> blobs.send(context, found, "application/octet-stream"));
  }

  private Future<?> receive(RoutingContext context) {
    String hash = context.pathParam("digest");
    return blobs
        .receive(context.request(), hash == null ? "" : hash)
        .compose(_ -> context.response().setStatusCode(204).end());
  }

  private static void failed(RoutingContext context) {
    Throwable failure = context.failure();
    if (failure == null) {
      int status = context.statusCode();
      String path = context.request().method() + " " + context.request().path();
      reply(context, Reply.problem(status, "there is nothing for " + path));
    } else {
      failed(context, failure);
    }
  }

  private static void failed(RoutingContext context, Throwable failure) {
    HttpServerResponse response = context.response();
    if (response.headWritten()) {
      response.reset();
      return;
    }
    reply(context, problem(failure));
  }

  private static Reply problem(Throwable failure) {
    return switch (failure) {
      case ApiException known -> Reply.problem(known);
      case StorageUnavailableException full -> Reply.problem(503, full.getMessage() + "");
      case HttpException http when http.getCause() instanceof ValidatorException wrong ->
          Reply.problem(http.getStatusCode(), detail(wrong));
      case ValidatorException wrong -> Reply.problem(400, detail(wrong));
      case HttpException http ->
          Reply.problem(http.getStatusCode(), "the request cannot be answered");
      default -> {
        System.getLogger("dev.millrace.http")
            .log(System.Logger.Level.ERROR, "a request failed", failure);
        yield Reply.problem(500, "the server could not answer; its log says why");
      }
    };
  }

  /** Returns what is wrong, and all of it where there is more than one thing. */
  private static String detail(ValidatorException wrong) {
    StringBuilder all = new StringBuilder(String.valueOf(wrong.getMessage()));
    if (wrong instanceof SchemaValidationException schema
        && schema.getOutputUnit() != null
        && schema.getOutputUnit().getErrors() != null) {
      for (OutputUnit error : schema.getOutputUnit().getErrors()) {
        if (all.indexOf(error.getError()) < 0) {
          all.append("; ").append(error.getInstanceLocation()).append(": ");
          all.append(error.getError());
        }
      }
    }
    return all.toString();
  }

  /** Answers what is no HTTP, or more of it than is read. */
  static void malformed(HttpServerRequest request) {
    reply(
        request.response(),
        Reply.problem(400, "the request's first line or a header is malformed or too long"));
  }

  private static void reply(RoutingContext context, Reply reply) {
    reply(context.response(), reply);
  }

  private static void reply(HttpServerResponse response, Reply reply) {
    if (response.ended() || response.closed()) {
      return;
    }
    response.setStatusCode(reply.status()).putHeader("Content-Type", reply.contentType());
    reply.headers().forEach(response::putHeader);
    var _ = response.end(Buffer.buffer(reply.body()));
  }
}

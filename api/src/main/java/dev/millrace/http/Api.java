package dev.millrace.http;

import dev.millrace.content.StorageUnavailableException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import io.vertx.ext.web.handler.HttpException;
import io.vertx.openapi.contract.OpenAPIContract;
import io.vertx.openapi.validation.ValidatorException;

/** Leads each request to its operation, and every failure to problem details. */
final class Api {
  /** All bodies together may take so large a part of the memory. */
  private static final int BODIES_SHARE = 8;

  private static final int LARGEST_DOCUMENT = 64 << 20;

  private final Vertx vertx;
  private final Waiting waiting;
  private final Callers callers;
  private final EventStream.Host streams;
  private final RunOperations operations;
  private final CacheOperations cache;
  private final LogReplies logs;
  private final BlobOperations blobs;
  private final WebhookOperations webhooks;

  /** What answers. */
  record Operations(
      RunOperations runs,
      CacheOperations cache,
      LogReplies logs,
      BlobOperations blobs,
      WebhookOperations webhooks) {}

  Api(Vertx vertx, Callers callers, EventStream.Host streams, Operations all) {
    this.vertx = vertx;
    this.callers = callers;
    this.streams = streams;
    operations = all.runs;
    cache = all.cache;
    logs = all.logs;
    blobs = all.blobs;
    webhooks = all.webhooks;
    waiting = new Waiting(vertx);
  }

  /** An operation that is answered as a whole, on a thread that may wait. */
  @FunctionalInterface
  interface Operation {
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
   * @param texts as they are served
   * @param eventBus what answers where browsers look for the event bus
   */
  Router router(OpenAPIContract contract, Contract texts, Router eventBus) {
    Router router = Router.router(vertx);
    router.route().handler(callers::refuseForeignNames).failureHandler(Api::failed);
    router.get("/healthz").handler(context -> plain(context, "ok"));
    router.get("/readyz").handler(context -> plain(context, "ok"));
    router.get("/openapi.yaml").handler(context -> yaml(context, texts.text()));
    router.get("/asyncapi.yaml").handler(context -> yaml(context, texts.ofEvents()));
    router.route("/eventbus/*").subRouter(eventBus);
    router.route("/v1/*").handler(callers::identify);
    // Content does not fit into memory: it goes past the handler of bodies.
    router.put("/v1/blobs/:digest").handler(context -> stream(context, this::receive));
    BodyBudget budget =
        new BodyBudget(LARGEST_DOCUMENT, Runtime.getRuntime().maxMemory() / BODIES_SHARE);
    router.route("/v1/*").handler(budget::reserve);
    router.route("/v1/*").handler(BodyHandler.create(false).setBodyLimit(LARGEST_DOCUMENT));
    Checked checked = new Checked(vertx, contract);
    operation(checked, "submitRun", operations::submit);
    operation(checked, "listRuns", operations::list);
    operation(checked, "getRun", operations::get);
    operation(checked, "listTasks", operations::tasks);
    operation(checked, "getTask", operations::task);
    operation(checked, "getOutputs", operations::outputs);
    operation(checked, "cancelRun", operations::cancel);
    operation(checked, "retryRun", operations::retry);
    operation(checked, "approveTask", operations::approve);
    operation(checked, "findMissingBlobs", blobs::missing);
    operation(checked, "explainTasks", cache::explain);
    operation(checked, "getLineage", cache::lineage);
    webhooks(checked);
    streamed(checked, "readEvents", this::events);
    streamed(checked, "getLog", logs::answer);
    streamed(checked, "getBlob", this::blob);
    streamed(checked, "headBlob", this::blob);
    router.route("/*").subRouter(checked.router());
    router.route().handler(context -> context.fail(404));
    return router;
  }

  private void webhooks(Checked checked) {
    operation(checked, "putWebhook", webhooks::put);
    operation(checked, "listWebhooks", webhooks::list);
    operation(checked, "getWebhook", webhooks::get);
    operation(checked, "deleteWebhook", webhooks::delete);
    operation(checked, "listDeadLetters", webhooks::deadLetters);
    operation(checked, "redeliver", webhooks::redeliver);
  }

  private static void yaml(RoutingContext context, Buffer text) {
    var _ = context.response().putHeader("Content-Type", "application/yaml").end(text);
  }

  private static void plain(RoutingContext context, String text) {
    var _ = context.response().putHeader("Content-Type", "text/plain").end(text + "\n");
  }

  private void operation(Checked checked, String id, Operation operation) {
    streamed(checked, id, context -> answer(context, operation));
  }

  private void streamed(Checked checked, String id, Streamed operation) {
    checked.route(
        id,
        context -> callers.admit(Callers.of(context), id),
        context -> stream(context, operation));
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
    if (!EventStream.isWanted(context)) {
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

  private Future<?> blob(RoutingContext context) {
    Request request = Request.of(context);
    return waiting
        .call(() -> blobs.find(request))
        .compose(found -> blobs.send(context, found, "application/octet-stream"));
  }

  private Future<?> receive(RoutingContext context) {
    callers.admit(Callers.of(context), "putBlob");
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
    if (response.closed() || failure instanceof HttpClosedException) {
      return; // nobody is there any more
    }
    if (response.headWritten()) {
      response.reset();
      return;
    }
    reply(context, problem(failure));
  }

  static Reply problem(Throwable failure) {
    return switch (failure) {
      case ApiException known -> Reply.problem(known);
      case StorageUnavailableException full -> Reply.problem(503, full.getMessage() + "");
      case ValidatorException wrong -> Reply.problem(400, Checked.detail(wrong));
      case HttpException http ->
          Reply.problem(http.getStatusCode(), "the request cannot be answered");
      default -> {
        System.getLogger("dev.millrace.http")
            .log(System.Logger.Level.ERROR, "a request failed", failure);
        yield Reply.problem(500, "the server could not answer; its log says why");
      }
    };
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

package dev.millrace.http;

import dev.millrace.access.Principal;
import dev.millrace.automation.WebhookSignature;
import dev.millrace.content.StorageUnavailableException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import io.vertx.ext.web.handler.HttpException;
import io.vertx.openapi.contract.OpenAPIContract;
import io.vertx.openapi.validation.ValidatorException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** Leads each request to its operation, and every failure to problem details. */
final class Api {
  /** All bodies together may take so large a part of the memory. */
  private static final int BODIES_SHARE = 8;

  private static final int LARGEST_DOCUMENT = 64 << 20;

  /** In so long a document must be here, and a message. */
  private static final long DOCUMENT_MILLIS = 120_000;

  private static final long MESSAGE_MILLIS = 10_000;

  private static final String HOOKS = "/v1/hooks/:trigger";

  /** Anybody can send one: it is read before its signature can be looked at. */
  private static final int LARGEST_MESSAGE = 1 << 20;

  /** All that are read at a time: a budget of their own, for they are from anybody. */
  private static final int LARGEST_MESSAGES = 32 << 20;

  /** Greater ones are not exact in JSON, nor is any event's number so great. */
  private static final long GREATEST_NUMBER = (1L << 53) - 2;

  private final Vertx vertx;
  private final Waiting waiting;
  private final Callers callers;
  private final EventStream.Host streams;
  private final Operations operations;

  Api(Vertx vertx, Callers callers, EventStream.Host streams, Operations operations) {
    this.vertx = vertx;
    this.callers = callers;
    this.streams = streams;
    this.operations = operations;
    waiting = new Waiting(vertx);
  }

  /** What can be asked for, by what it is about. */
  record Operations(
      RunOperations runs,
      CacheOperations cache,
      LogReplies logs,
      BlobOperations blobs,
      Automation automation,
      WebhookOperations webhooks) {}

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
    router.get("/openapi.yaml").handler(context -> yaml(context, "openapi", texts.text()));
    router.get("/asyncapi.yaml").handler(context -> yaml(context, "asyncapi", texts.ofEvents()));
    router.route("/eventbus/*").subRouter(eventBus);
    router.route("/v1/blobs/*").handler(RequestFormat::refusePacked);
    router.routeWithRegex("/v1/(?!blobs/).*").handler(RequestFormat::refuseUnlessJson);
    // A signature instead of a token: looked at when the body is there, which is small.
    router.post(HOOKS).handler(callers::letSign);
    router
        .post(HOOKS)
        .handler(new BodyBudget(LARGEST_MESSAGE, LARGEST_MESSAGES, MESSAGE_MILLIS)::reserve);
    router.post(HOOKS).handler(BodyHandler.create(false).setBodyLimit(LARGEST_MESSAGE));
    router.route("/v1/*").handler(callers::identify);
    // Content does not fit into memory: it goes past the handler of bodies.
    router.put("/v1/blobs/:digest").handler(context -> stream(context, this::receive));
    BodyBudget budget =
        new BodyBudget(
            LARGEST_DOCUMENT, Runtime.getRuntime().maxMemory() / BODIES_SHARE, DOCUMENT_MILLIS);
    router.route("/v1/*").handler(context -> admitEarly(context, contract));
    router.route("/v1/*").handler(budget::reserve);
    router.route("/v1/*").handler(BodyHandler.create(false).setBodyLimit(LARGEST_DOCUMENT));
    Checked checked = new Checked(vertx, contract);
    runs(checked, operations.runs);
    content(checked, operations.cache, operations.blobs);
    streamed(checked, "getLog", operations.logs::answer);
    pipelines(checked, operations.automation.pipelines());
    schedules(checked, operations.automation.scheduling());
    triggers(checked, operations.automation.triggering());
    webhooks(checked, operations.webhooks);
    router.route("/*").subRouter(checked.router());
    router.route().handler(context -> notThere(context, contract));
    return router;
  }

  private static void notThere(RoutingContext context, OpenAPIContract contract) {
    List<String> allowed = new ArrayList<>();
    for (HttpMethod method : HttpMethod.values()) {
      if (contract.findOperation(context.request().path(), method) != null) {
        allowed.add(method.name());
      }
    }
    if (allowed.isEmpty()) {
      context.fail(404);
    } else {
      context.response().putHeader("Allow", String.join(", ", allowed));
      context.fail(405);
    }
  }

  /** Who may not ask at all must not have a body taken. */
  private void admitEarly(RoutingContext context, OpenAPIContract contract) {
    Principal principal = Callers.known(context);
    io.vertx.openapi.contract.Operation operation =
        contract.findOperation(context.request().path(), context.request().method());
    if (principal != null && operation != null && callers.isGuarded(operation.getOperationId())) {
      callers.admit(principal, operation.getOperationId());
    }
    context.next();
  }

  private void runs(Checked checked, RunOperations runs) {
    operation(checked, "submitRun", runs::submit);
    operation(checked, "listRuns", runs::list);
    operation(checked, "getRun", runs::get);
    operation(checked, "listTasks", runs::tasks);
    operation(checked, "getTask", runs::task);
    operation(checked, "getOutputs", runs::outputs);
    operation(checked, "cancelRun", runs::cancel);
    operation(checked, "retryRun", runs::retry);
    operation(checked, "approveTask", runs::approve);
    streamed(checked, "readEvents", this::events);
  }

  private void content(Checked checked, CacheOperations cache, BlobOperations blobs) {
    operation(checked, "explainTasks", cache::explain);
    operation(checked, "getLineage", cache::lineage);
    operation(checked, "findMissingBlobs", blobs::missing);
    streamed(checked, "getBlob", this::blob);
    streamed(checked, "headBlob", this::blob);
  }

  private void pipelines(Checked checked, PipelineOperations pipelines) {
    operation(checked, "putPipeline", pipelines::put);
    operation(checked, "listPipelines", pipelines::list);
    operation(checked, "getPipeline", pipelines::get);
    operation(checked, "deletePipeline", pipelines::delete);
    operation(checked, "getPipelineVersion", pipelines::version);
    operation(checked, "deletePipelineVersion", pipelines::deleteVersion);
  }

  private void schedules(Checked checked, ScheduleOperations schedules) {
    operation(checked, "putSchedule", schedules::put);
    operation(checked, "listSchedules", schedules::list);
    operation(checked, "getSchedule", schedules::get);
    operation(checked, "deleteSchedule", schedules::delete);
    operation(checked, "runSchedule", schedules::runNow);
  }

  private void triggers(Checked checked, TriggerOperations triggers) {
    operation(checked, "putTrigger", triggers::put);
    operation(checked, "listTriggers", triggers::list);
    operation(checked, "getTrigger", triggers::get);
    operation(checked, "deleteTrigger", triggers::delete);
    checked.route("receiveHook", _ -> {}, context -> stream(context, one -> hook(one, triggers)));
  }

  private Future<?> hook(RoutingContext context, TriggerOperations triggers) {
    HttpServerRequest request = context.request();
    String trigger = String.valueOf(context.pathParam("trigger"));
    Buffer body = context.body().buffer();
    WebhookSignature.Message message =
        new WebhookSignature.Message(
            String.valueOf(request.getHeader("webhook-id")),
            String.valueOf(request.getHeader("webhook-timestamp")),
            String.valueOf(request.getHeader("webhook-signature")),
            body == null ? new byte[0] : body.getBytes());
    return waiting
        .call(() -> triggers.receive(trigger, message))
        .onSuccess(reply -> reply(context, reply));
  }

  private void webhooks(Checked checked, WebhookOperations webhooks) {
    operation(checked, "putWebhook", webhooks::put);
    operation(checked, "listWebhooks", webhooks::list);
    operation(checked, "getWebhook", webhooks::get);
    operation(checked, "deleteWebhook", webhooks::delete);
    operation(checked, "listDeadLetters", webhooks::deadLetters);
    operation(checked, "redeliver", webhooks::redeliver);
  }

  private static void yaml(RoutingContext context, String operation, Buffer text) {
    Probes.name(context, operation);
    var _ = context.response().putHeader("Content-Type", "application/yaml").end(text);
  }

  private void operation(Checked checked, String id, Operation operation) {
    streamed(checked, id, context -> answer(context, operation));
  }

  private void streamed(Checked checked, String id, Streamed operation) {
    checked.route(
        id,
        context -> {
          Probes.name(context, id);
          callers.admit(Callers.of(context), id);
        },
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
      return answer(context, operations.runs::events);
    }
    Probes.isStream(context);
    Request request = Request.of(context);
    String seen = context.request().getHeader("Last-Event-ID");
    return waiting
        .call(
            () -> {
              operations.runs.get(request);
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
      return Math.clamp(Long.parseLong(text), 0, GREATEST_NUMBER);
    } catch (NumberFormatException e) {
      return 0; // an id of somebody else: from the beginning
    }
  }

  private Future<?> blob(RoutingContext context) {
    Request request = Request.of(context);
    return waiting
        .call(() -> operations.blobs.find(request))
        .compose(found -> operations.blobs.send(context, found, "application/octet-stream"));
  }

  private Future<?> receive(RoutingContext context) {
    Probes.name(context, "putBlob");
    callers.admit(Callers.of(context), "putBlob");
    String hash = context.pathParam("digest");
    return operations
        .blobs
        .receive(context.request(), hash == null ? "" : hash)
        .compose(_ -> context.response().setStatusCode(204).end());
  }

  /** Answers a request that failed. */
  static void failed(RoutingContext context) {
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
      case IOException storage -> unusable(storage);
      case UncheckedIOException storage -> unusable(storage);
      case HttpException http ->
          Reply.problem(http.getStatusCode(), "the request cannot be answered");
      default -> {
        System.getLogger("dev.millrace.http")
            .log(System.Logger.Level.ERROR, "a request failed", failure);
        yield Reply.problem(500, "the server could not answer; its log says why");
      }
    };
  }

  /** What fails to be read or recorded here has failed for want of storage. */
  private static Reply unusable(Exception storage) {
    System.getLogger("dev.millrace.http")
        .log(System.Logger.Level.WARNING, "storage cannot be used: {0}", storage.getMessage());
    return Reply.problem(
        503, "the server's storage cannot be used at this moment; its log says why");
  }

  /** Answers what is no HTTP, or more of it than is read. */
  static void malformed(HttpServerRequest request) {
    reply(
        request.response(),
        Reply.problem(400, "the request's first line or a header is malformed or too long"));
  }

  /** Sends an answer as a whole. */
  static void reply(RoutingContext context, Reply reply) {
    reply(context.response(), reply);
  }

  private static void reply(HttpServerResponse response, Reply reply) {
    if (response.ended() || response.closed()) {
      return;
    }
    response.setStatusCode(reply.status());
    if (!reply.contentType().isEmpty()) {
      response.putHeader("Content-Type", reply.contentType());
    }
    reply.headers().forEach(response::putHeader);
    var _ = response.end(Buffer.buffer(reply.body()));
  }
}

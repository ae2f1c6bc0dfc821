package dev.millrace.http;

import dev.millrace.runtime.LiveAttempt;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;

/** Sends what attempts write. */
final class LogReplies {
  private static final String PLAIN = "text/plain; charset=utf-8";

  private final Vertx vertx;
  private final Waiting waiting;
  private final LogOperations logs;
  private final BlobOperations blobs;
  private final OpenStreams open;

  LogReplies(Vertx vertx, LogOperations logs, BlobOperations blobs, OpenStreams open) {
    this.vertx = vertx;
    waiting = new Waiting(vertx);
    this.logs = logs;
    this.blobs = blobs;
    this.open = open;
  }

  /** Answers with a text, or a stream of one. */
  Future<Void> answer(RoutingContext context) {
    LogOperations.Wanted wanted = LogOperations.Wanted.of(Request.of(context));
    boolean follow = EventStream.isWanted(context);
    return waiting
        .call(() -> logs.look(wanted))
        .compose(
            look -> {
              if (follow) {
                return followLog(context, wanted);
              }
              return switch (look.found()) {
                case LogOperations.Stored(_, var text) -> blobs.send(context, text, PLAIN);
                case LogOperations.Running(_, var live) -> sendLive(context, wanted, live);
                case LogOperations.Nowhere _ -> Future.failedFuture(LogOperations.none(look));
              };
            });
  }

  private Future<Void> followLog(RoutingContext context, LogOperations.Wanted wanted) {
    HttpServerResponse response = context.response().setChunked(true);
    response.putHeader("Content-Type", EventStream.TYPE).putHeader("Cache-Control", "no-store");
    LogStream.Position seen = LogStream.Position.of(context.request().getHeader("Last-Event-ID"));
    Context connection = vertx.getOrCreateContext();
    Probes.isStream(context);
    Runnable leave = () -> connection.runOnContext(_ -> leave(response));
    context.addEndHandler(_ -> open.remove(leave));
    open.add(leave);
    PacedOutput out = new PacedOutput(connection, response);
    LogStream stream = new LogStream(logs, blobs.store(), wanted, seen, out);
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                stream.run();
              } finally {
                connection.runOnContext(_ -> cut(response));
              }
            });
    return Future.succeededFuture();
  }

  /** The thread that writes it notices by itself. */
  private static void leave(HttpServerResponse response) {
    if (!response.ended() && !response.closed()) {
      var _ = response.end();
    }
  }

  /** Whoever still reads what has not come to its end must not take this for the end. */
  private static void cut(HttpServerResponse response) {
    if (!response.ended() && !response.closed()) {
      var _ = response.reset();
    }
  }

  /** Sends what there is by now. */
  private Future<Void> sendLive(
      RoutingContext context, LogOperations.Wanted wanted, LiveAttempt live) {
    context.response().setChunked(true).putHeader("Content-Type", PLAIN);
    context.response().putHeader("X-Content-Type-Options", "nosniff");
    PacedOutput out = new PacedOutput(vertx.getOrCreateContext(), context.response());
    Thread.ofVirtual()
        .start(
            () -> {
              try (out) {
                live.copy(wanted.stderr(), false, out, () -> {});
              } catch (IOException e) {
                // Whoever was reading is gone.
              }
            });
    return Future.succeededFuture();
  }
}

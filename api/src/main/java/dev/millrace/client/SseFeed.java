package dev.millrace.client;

import dev.millrace.client.Transport.Call;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads server-sent events over as many connections as it takes. The next event is handed on when
 * the last one was taken; meanwhile nothing is read from the connection, so that a slow taker costs
 * the memory of one piece of it. After a break it goes on behind the last event that was taken.
 * Lives on one context.
 */
final class SseFeed {
  /** What comes when the stream has nothing more to tell, whatever happens to the connection. */
  static final String END = "end";

  private final Transport transport;
  private final String path;
  private final Function<Sse, Future<?>> taker;
  private final BiConsumer<Throwable, Duration> interrupted;
  private final Context context;
  private final Promise<Void> done = Promise.promise();
  private String last;
  private long lastContact = System.nanoTime();
  private int failures;
  private boolean ended;

  /**
   * One event.
   *
   * @param id where to go on behind it; empty where it has none
   * @param type empty where it is the usual one
   */
  record Sse(String id, String type, String data) {}

  /**
   * @param last the id of the last event that is known already; empty for none
   * @param taker returns when it wants the next; a failure ends the feed
   * @param interrupted is told of a break, and how long it waits before it connects again
   */
  SseFeed(
      Transport transport,
      String path,
      String last,
      Function<Sse, Future<?>> taker,
      BiConsumer<Throwable, Duration> interrupted) {
    this.transport = transport;
    this.path = path;
    this.last = last;
    this.taker = taker;
    this.interrupted = interrupted;
    context = transport.vertx().getOrCreateContext();
  }

  /** Begins, and returns when the stream has ended for good. */
  Future<Void> begin() {
    context.runOnContext(_ -> connect());
    return done.future();
  }

  private void connect() {
    Map<String, String> headers = new HashMap<>(Map.of("Accept", "text/event-stream"));
    if (!last.isEmpty()) {
      headers.put("Last-Event-ID", last);
    }
    transport.stream(new Call(HttpMethod.GET, path, headers, "", true), this::read)
        .onComplete(
            result -> {
              if (result.failed()) {
                broken(result.cause());
              } else if (ended || result.result()) {
                done.tryComplete();
              } else {
                // Ended in order: the server says with its next answer whether for good.
                again(failures++ == 0 ? Duration.ZERO : Transport.wait(failures));
              }
            });
  }

  /** Whether the server says that there is nothing more. */
  private Future<Boolean> read(HttpClientResponse response) {
    contact();
    if (response.statusCode() == 204) {
      return Future.succeededFuture(true);
    }
    return new Reading(response).finished.future();
  }

  private void contact() {
    lastContact = System.nanoTime();
  }

  private void broken(Throwable cause) {
    Throwable failure = cause instanceof Refused refused ? refused.reason : cause;
    Duration wait = Transport.wait(failures++);
    long silent = System.nanoTime() - lastContact + wait.toNanos();
    if (cause instanceof Refused
        || !Transport.isTransient(failure)
        || silent > transport.config().followPatience().toNanos()) {
      done.tryFail(cause instanceof Refused ? failure : transport.named(failure));
      return;
    }
    interrupted.accept(failure, wait);
    again(wait);
  }

  private void again(Duration wait) {
    if (wait.isZero()) {
      connect();
    } else {
      transport.vertx().setTimer(Math.max(1, wait.toMillis()), _ -> connect());
    }
  }

  /** The taker wants no more. */
  private static final class Refused extends Exception {
    private static final long serialVersionUID = 1;

    private final Throwable reason;

    Refused(Throwable reason) {
      super(reason);
      this.reason = reason;
    }
  }

  /** One connection. */
  private final class Reading {
    private final HttpClientResponse response;
    private final Promise<Boolean> finished = Promise.promise();
    private final Deque<Sse> waiting = new ArrayDeque<>();
    private final SseParser parser = new SseParser(waiting::add);
    private boolean over;
    private boolean busy;

    Reading(HttpClientResponse response) {
      this.response = response;
      response.pause();
      response.handler(this::piece);
      response.exceptionHandler(finished::tryFail);
      response.endHandler(
          _ -> {
            over = true;
            drain();
          });
      response.fetch(1);
    }

    private void piece(Buffer piece) {
      try {
        contact();
        parser.take(piece.getBytes());
      } catch (IOException e) {
        fail(e);
        return;
      }
      drain();
    }

    private void fail(Throwable failure) {
      finished.tryFail(failure);
      response.request().reset();
    }

    /** Hands on what waits, one after the other, and then reads on. */
    private void drain() {
      if (busy) {
        return;
      }
      Sse next = waiting.poll();
      while (next != null && !finished.future().isComplete()) {
        Sse event = next;
        Future<?> taken;
        try {
          taken = taker.apply(event);
        } catch (RuntimeException e) {
          taken = Future.failedFuture(e);
        }
        if (!taken.succeeded()) {
          busy = true;
          taken.onComplete(result -> context.runOnContext(_ -> after(event, result.cause())));
          return;
        }
        took(event);
        next = waiting.poll();
      }
      if (over) {
        finished.tryComplete(false);
      } else if (!finished.future().isComplete()) {
        response.fetch(1);
      }
    }

    private void after(Sse event, @Nullable Throwable failure) {
      busy = false;
      if (failure != null) {
        fail(new Refused(failure));
      } else {
        took(event);
        drain();
      }
    }

    private void took(Sse event) {
      failures = 0;
      last = event.id.isEmpty() ? last : event.id;
      ended |= event.type.equals(END);
    }
  }
}

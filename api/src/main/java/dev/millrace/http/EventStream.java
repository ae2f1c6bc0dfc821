package dev.millrace.http;

import dev.millrace.http.EventLog.Event;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.List;

/**
 * One reader of a run's events, as server-sent events. It is given the next page only when it has
 * taken the last one: a slow reader costs one page of memory and holds nobody up. Lives on the
 * context of its connection.
 */
final class EventStream {
  /** Its media type. */
  static final String TYPE = "text/event-stream";

  private static final int PAGE = 200;

  /** Enough that a page is under way while the next is read. */
  private static final int QUEUE_BYTES = 128 << 10;

  /** Intermediaries close what is silent for long. */
  private static final long HEARTBEAT_MILLIS = 15_000;

  /** How soon a run is looked at again that does not go on here, or not yet. */
  private static final long IDLE_MILLIS = 500;

  private final Host host;
  private final Context context;
  private final EventLog log;
  private final String run;
  private final HttpServerResponse response;
  private final long heartbeat;
  private long next;
  private boolean ended;

  /** What all streams share. */
  record Host(Vertx vertx, Waiting waiting, LiveRuns runs, EventLogs logs) {}

  /**
   * @param log opened for this stream, which gives it back
   * @param after the number of the last event that the reader has seen, 0 for none
   */
  EventStream(Host host, EventLog log, String run, HttpServerResponse response, long after) {
    this.host = host;
    this.log = log;
    this.run = run;
    this.response = response;
    context = host.vertx.getOrCreateContext();
    next = after + 1;
    heartbeat = host.vertx.setPeriodic(HEARTBEAT_MILLIS, _ -> beat());
  }

  /** Returns whether a request asks for a stream. */
  static boolean isWanted(RoutingContext context) {
    String accept = context.request().getHeader("Accept");
    return accept != null && accept.contains(TYPE);
  }

  void begin() {
    response.setChunked(true).setWriteQueueMaxSize(QUEUE_BYTES);
    response.putHeader("Content-Type", TYPE).putHeader("Cache-Control", "no-store");
    response.closeHandler(_ -> end());
    response.exceptionHandler(_ -> end());
    read();
  }

  private void beat() {
    if (!ended && !response.writeQueueFull()) {
      var _ = response.write(":\n\n");
    }
  }

  /** What was found: whether the run had ended is asked first, so that nothing can come after. */
  private record Found(boolean runHadEnded, List<Event> page) {}

  private void read() {
    if (!ended) {
      long from = next;
      host.waiting
          .call(() -> new Found(host.runs.hasEnded(run), log.page(from, PAGE)))
          .onComplete(this::took, _ -> response.reset());
    }
  }

  private void took(Found found) {
    if (ended) {
      return;
    }
    if (found.page.isEmpty()) {
      if (found.runHadEnded) {
        finish();
      } else if (!host.runs.whenBeyond(run, next - 1, () -> context.runOnContext(_ -> read()))) {
        host.vertx.setTimer(IDLE_MILLIS, _ -> read());
      }
      return;
    }
    Buffer text = Buffer.buffer();
    for (Event event : found.page) {
      text.appendString("id: ").appendString(Long.toString(event.sequence())).appendString("\n");
      text.appendString("data: ").appendBytes(event.json()).appendString("\n\n");
    }
    next = found.page.getLast().sequence() + 1;
    var _ = response.write(text);
    if (response.writeQueueFull()) {
      response.drainHandler(_ -> read());
    } else {
      read();
    }
  }

  /** Whoever comes again behind the last event is told, by the status, not to come again. */
  private void finish() {
    end();
    if (!response.headWritten()) {
      response.setChunked(false).setStatusCode(204);
      response.headers().remove("Content-Type");
    }
    var _ = response.end();
  }

  private void end() {
    if (!ended) {
      ended = true;
      host.vertx.cancelTimer(heartbeat);
      host.logs.close(run);
    }
  }
}

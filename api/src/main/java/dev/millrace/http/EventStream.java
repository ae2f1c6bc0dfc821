package dev.millrace.http;

import dev.millrace.http.EventLog.Event;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.MIMEHeader;
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

  /** So much is sent at once, and the last event of it whole. */
  private static final int PIECE_BYTES = 16 << 10;

  /** Enough that a piece is under way while the next is made ready; hundreds may have it. */
  private static final int QUEUE_BYTES = 32 << 10;

  /** Intermediaries close what is silent for long. */
  private static final long HEARTBEAT_MILLIS = 15_000;

  /** How soon a run is looked at again that does not go on here, or not yet. */
  private static final long IDLE_MILLIS = 500;

  private final Host host;
  private final Context context;
  private final EventLog log;
  private final String run;
  private final HttpServerResponse response;
  private final Runnable leave = this::leaveNow;
  private final Runnable wake = this::wakeUp;
  private final long heartbeat;
  private long next;
  private boolean ended;

  /** What all streams share. */
  record Host(Vertx vertx, Waiting waiting, LiveRuns runs, EventLogs logs, OpenStreams open) {}

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

  /** Returns whether a request asks for a stream, by name: who takes anything gets JSON. */
  static boolean isWanted(RoutingContext context) {
    for (MIMEHeader accepted : context.parsedHeaders().accept()) {
      if (TYPE.equalsIgnoreCase(accepted.component() + "/" + accepted.subComponent())) {
        return accepted.weight() > 0;
      }
    }
    return false;
  }

  void begin() {
    response.setChunked(true).setWriteQueueMaxSize(QUEUE_BYTES);
    response.putHeader("Content-Type", TYPE).putHeader("Cache-Control", "no-store");
    response.closeHandler(_ -> end());
    response.exceptionHandler(_ -> end());
    host.open.add(leave);
    if (response.closed()) {
      end(); // before anybody could be told
      return;
    }
    read();
  }

  /** Ends it before the run has ended. */
  private void leaveNow() {
    context.runOnContext(
        _ -> {
          if (!ended) {
            end();
            var _ = response.end();
          }
        });
  }

  private void wakeUp() {
    context.runOnContext(_ -> read());
  }

  private void beat() {
    if (response.closed()) {
      end();
    } else if (!ended && !response.writeQueueFull()) {
      var _ = response.write(":\n\n");
    }
  }

  /** What was found, and whether the run had ended, so that nothing can come after. */
  private record Found(boolean runHadEnded, List<Event> page) {}

  private void read() {
    if (ended) {
      return;
    }
    List<Event> recent = log.recent(next);
    if (!recent.isEmpty()) {
      took(new Found(false, recent));
      return;
    }
    long from = next;
    host.waiting.call(() -> find(from)).onComplete(this::took, _ -> response.reset());
  }

  /** An empty page is the last only if the run had ended before it was read. */
  private Found find(long from) {
    List<Event> page = log.page(from);
    return page.isEmpty() && host.runs.hasEnded(run)
        ? new Found(true, log.page(from))
        : new Found(false, page);
  }

  private void took(Found found) {
    if (ended) {
      return;
    }
    if (found.page.isEmpty()) {
      if (found.runHadEnded) {
        finish();
      } else if (!host.runs.whenBeyond(run, next - 1, wake)) {
        host.vertx.setTimer(IDLE_MILLIS, _ -> read());
      }
      return;
    }
    int length = 0;
    int count = 0;
    while (count < found.page.size() && length < PIECE_BYTES) {
      length += found.page.get(count++).sent().length;
    }
    Buffer text = Buffer.buffer(length);
    found.page.subList(0, count).forEach(event -> text.appendBytes(event.sent()));
    next += count;
    var _ = response.write(text);
    if (response.writeQueueFull()) {
      response.drainHandler(_ -> read());
    } else {
      context.runOnContext(_ -> read()); // behind the others on this thread
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
      host.open.remove(leave);
      host.runs.forget(run, wake);
      host.vertx.cancelTimer(heartbeat);
      host.logs.close(run);
    }
  }
}

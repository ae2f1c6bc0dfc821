package dev.millrace.telemetry;

import io.micrometer.core.instrument.Counter;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Counts spans that were sent and spans that were lost, and warns of these now and then. */
final class WatchedExporter implements SpanExporter {
  private static final long PAUSE_NANOS = TimeUnit.MINUTES.toNanos(5);

  private final SpanExporter exporter;
  private final Counter sent;
  private final Counter lost;
  private final Log log = Log.of("traces");
  private long lostSinceWarning;
  private long nextWarning = System.nanoTime();

  WatchedExporter(SpanExporter exporter, Meters meters) {
    this.exporter = exporter;
    String help = "Spans of traces, by whether the collector took them.";
    sent = meters.counter("millrace.trace.spans", help, "outcome", "sent");
    lost = meters.counter("millrace.trace.spans", help, "outcome", "lost");
  }

  @Override
  public CompletableResultCode export(Collection<SpanData> spans) {
    int count = spans.size();
    CompletableResultCode result = exporter.export(spans);
    return result.whenComplete(() -> exported(result, count));
  }

  private void exported(CompletableResultCode result, int count) {
    if (result.isSuccess()) {
      sent.increment(count);
    } else {
      lost.increment(count);
      warn(count, String.valueOf(result.getFailureThrowable()));
    }
  }

  private synchronized void warn(int count, String reason) {
    lostSinceWarning += count;
    if (System.nanoTime() - nextWarning >= 0) {
      nextWarning = System.nanoTime() + PAUSE_NANOS;
      log.warning(
          "the collector takes no traces; they are lost, and runs go on",
          Map.of("spans", lostSinceWarning, "reason", reason));
      lostSinceWarning = 0;
    }
  }

  @Override
  public CompletableResultCode flush() {
    return exporter.flush();
  }

  @Override
  public CompletableResultCode shutdown() {
    return exporter.shutdown();
  }
}

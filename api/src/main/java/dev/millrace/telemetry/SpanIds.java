package dev.millrace.telemetry;

import dev.millrace.digest.Digest;
import io.opentelemetry.sdk.trace.IdGenerator;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The ids of spans: random, but for those of a run's root. These follow from the run's id, so that
 * the trace of a run that goes on in another process is still one.
 */
final class SpanIds implements IdGenerator {
  private static final ThreadLocal<@Nullable Digest> RUN = new ThreadLocal<>();

  private final IdGenerator random = IdGenerator.random();

  /** Makes a span with the ids of a run's root; its trace may be somebody else's. */
  <T> T ofRun(String id, Supplier<T> make) {
    RUN.set(Digest.of(id));
    try {
      return make.get();
    } finally {
      RUN.remove();
    }
  }

  /** Returns the id of a run's trace, where it is its own. */
  static String trace(String run) {
    return hex(Digest.of(run)).substring(0, 32);
  }

  /** Returns the id of a run's root span. */
  static String root(String run) {
    return hex(Digest.of(run)).substring(32, 48);
  }

  private static String hex(Digest digest) {
    String text = digest.text();
    return text.substring(text.length() - 64);
  }

  @Override
  public String generateTraceId() {
    Digest digest = RUN.get();
    return digest == null ? random.generateTraceId() : hex(digest).substring(0, 32);
  }

  @Override
  public String generateSpanId() {
    Digest digest = RUN.get();
    return digest == null ? random.generateSpanId() : hex(digest).substring(32, 48);
  }
}

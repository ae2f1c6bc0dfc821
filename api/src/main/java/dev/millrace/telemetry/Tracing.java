package dev.millrace.telemetry;

import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The way of spans to a collector: a bounded queue, a thread that sends what is in it by OTLP over
 * HTTP, and a warning in the log where that fails. All that OpenTelemetry's environment variables
 * set is set by them.
 */
final class Tracing implements AutoCloseable {
  private static final String ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT";
  private static final String TRACES_ENDPOINT = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
  private static final String DISABLED = "OTEL_SDK_DISABLED";
  private static final long LONGEST_CLOSE_SECONDS = 3;

  /** Says for itself what went wrong, with a stack trace, at each failure: we say it once. */
  private static final Logger NOISE = Logger.getLogger("io.opentelemetry.exporter");

  private final OpenTelemetrySdk sdk;
  private final SpanIds ids;

  private Tracing(OpenTelemetrySdk sdk, SpanIds ids) {
    this.sdk = sdk;
    this.ids = ids;
  }

  /**
   * Opens the way, if a collector is named.
   *
   * @param endpoint its base address, or null where the environment may name it
   * @param version of this program
   * @throws IllegalArgumentException if that is no address, or a variable has no sense; the message
   *     says so
   */
  static @Nullable Tracing open(
      @Nullable String endpoint, Map<String, String> environment, String version, Meters meters) {
    Map<String, String> set = new HashMap<>();
    if (endpoint != null) {
      set.put("otel.exporter.otlp.endpoint", address("--otlp", endpoint));
    } else if ("true".equalsIgnoreCase(environment.get(DISABLED))) {
      return null;
    } else {
      for (String name : new String[] {ENDPOINT, TRACES_ENDPOINT}) {
        String named = environment.getOrDefault(name, "");
        if (!named.isBlank()) {
          set.put(property(name), address(name, named.strip()));
        }
      }
    }
    return set.isEmpty() ? null : open(set, version, meters);
  }

  private static String property(String variable) {
    return variable.toLowerCase(Locale.ROOT).replace('_', '.');
  }

  private static String address(String what, String text) {
    try {
      URI address = new URI(text);
      boolean web = "http".equals(address.getScheme()) || "https".equals(address.getScheme());
      if (web && address.getHost() != null) {
        return text;
      }
    } catch (URISyntaxException e) {
      // Said below.
    }
    throw new IllegalArgumentException(
        what + " must be an address such as http://localhost:4318, not \"" + text + '"');
  }

  private static Tracing open(Map<String, String> set, String version, Meters meters) {
    NOISE.setLevel(Level.OFF);
    // Over HTTP with the JDK's client: that is all that comes with this program.
    set.put("otel.exporter.otlp.protocol", "http/protobuf");
    set.put("otel.exporter.otlp.traces.protocol", "http/protobuf");
    set.put("otel.metrics.exporter", "none");
    set.put("otel.logs.exporter", "none");
    set.put("otel.sdk.disabled", "false");
    SpanIds ids = new SpanIds();
    try {
      OpenTelemetrySdk sdk =
          AutoConfiguredOpenTelemetrySdk.builder()
              .disableShutdownHook()
              .addPropertiesSupplier(
                  () ->
                      Map.of(
                          "otel.service.name",
                          "millrace",
                          "otel.resource.attributes",
                          "service.version=" + version))
              .addPropertiesCustomizer(_ -> set)
              .addSpanExporterCustomizer((exporter, _) -> watched(exporter, meters))
              .addTracerProviderCustomizer((builder, _) -> builder.setIdGenerator(ids))
              .build()
              .getOpenTelemetrySdk();
      return new Tracing(sdk, ids);
    } catch (RuntimeException e) {
      throw new IllegalArgumentException("traces cannot be sent: " + e.getMessage(), e);
    }
  }

  private static SpanExporter watched(SpanExporter exporter, Meters meters) {
    return new WatchedExporter(exporter, meters);
  }

  Tracer tracer() {
    return sdk.getTracer("dev.millrace");
  }

  /** Returns what gives spans their ids. */
  SpanIds ids() {
    return ids;
  }

  void flush() {
    sdk.getSdkTracerProvider().forceFlush().join(LONGEST_CLOSE_SECONDS, TimeUnit.SECONDS);
  }

  /** Sends what is in the queue, if it can be sent soon. */
  @Override
  public void close() {
    sdk.getSdkTracerProvider().shutdown().join(LONGEST_CLOSE_SECONDS, TimeUnit.SECONDS);
  }
}

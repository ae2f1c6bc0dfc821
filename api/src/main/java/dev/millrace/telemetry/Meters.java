package dev.millrace.telemetry;

import com.sun.management.OperatingSystemMXBean;
import dev.millrace.run.TaskPhase;
import dev.millrace.runtime.Engine;
import dev.millrace.runtime.EngineLoad;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.File;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The metrics of a server, in the form that Prometheus reads. Labels have values from short lists
 * only: never the name of a run, a task or a pipeline.
 */
public final class Meters implements AutoCloseable {
  /** Bounds of buckets for what takes moments. */
  static final Duration[] SHORT = seconds(.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 5);

  /** Bounds of buckets for what may take hours. */
  static final Duration[] LONG = seconds(.01, .05, .1, .5, 1, 5, 15, 60, 300, 900, 3600, 14400);

  private static final double[] GROUPS = {1, 2, 5, 10, 20, 50, 100, 200, 500, 1000};

  private static final OperatingSystemMXBean SYSTEM =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  /** A loop that does not answer within this is stuck, or has very much to do. */
  private static final long PATIENCE_MILLIS = 1_000;

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics collections = new JvmGcMetrics();
  private final Map<String, Counter> requests = new ConcurrentHashMap<>();
  private final Map<String, Timer> answers = new ConcurrentHashMap<>();
  private volatile EngineLoad load = new EngineLoad(0, Map.of(TaskPhase.WAITING, 0));
  private volatile @Nullable Engine engine;

  private volatile LongSupplier droppedLines = () -> 0;

  /**
   * @param version of the program
   */
  public Meters(String version) {
    // Two of Micrometer's that are not named as Prometheus wants names; ours follow below.
    registry.config().meterFilter(MeterFilter.denyNameStartsWith("process.cpu.time"));
    registry.config().meterFilter(MeterFilter.denyNameStartsWith("system.cpu.count"));
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ClassLoaderMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    collections.bindTo(registry);
    FunctionCounter.builder("process.cpu", SYSTEM, system -> system.getProcessCpuTime() / 1e9)
        .baseUnit("seconds")
        .description("Time of processors that the process has used, without that of its steps.")
        .register(registry);
    FunctionCounter.builder("millrace.log.dropped", this, self -> self.droppedLines.getAsLong())
        .description("Lines of the log that were dropped because nobody took them.")
        .register(registry);
    gauge(
        "jvm.processors",
        "Processors that the process may use.",
        Runtime.getRuntime()::availableProcessors);
    Gauge.builder("millrace.build.info", () -> 1)
        .description("Which version this is.")
        .tags("version", version, "java", Runtime.version().toString())
        .register(registry);
  }

  private static Duration[] seconds(double... bounds) {
    Duration[] durations = new Duration[bounds.length];
    for (int i = 0; i < bounds.length; i++) {
      durations[i] = Duration.ofNanos(Math.round(bounds[i] * 1e9));
    }
    return durations;
  }

  // ---- making them ----

  Counter counter(String name, String help, String... tags) {
    return Counter.builder(name).description(help).tags(tags).register(registry);
  }

  Timer timer(String name, String help, Duration[] bounds, String... tags) {
    return Timer.builder(name)
        .description(help)
        .tags(tags)
        .serviceLevelObjectives(bounds)
        .register(registry);
  }

  DistributionSummary summary(String name, String help) {
    return DistributionSummary.builder(name)
        .description(help)
        .serviceLevelObjectives(GROUPS)
        .register(registry);
  }

  /** Adds a number that goes up and down, read at each scrape. */
  public void gauge(String name, String help, DoubleSupplier value) {
    gauge(name, help, Tags.empty(), value);
  }

  /** Shows from now on how many lines of the log were dropped. */
  void dropped(LongSupplier lines) {
    droppedLines = lines;
  }

  private void gauge(String name, String help, Tags tags, DoubleSupplier value) {
    Gauge.builder(name, value, DoubleSupplier::getAsDouble)
        .description(help)
        .tags(tags)
        .strongReference(true)
        .register(registry);
  }

  // ---- what is read at each scrape ----

  /** Shows from now on how that engine stands. */
  public void watch(Engine watched, Path stateDirectory) {
    engine = watched;
    gauge("millrace.runs.in.flight", "Runs that have not ended.", () -> load.runs());
    for (TaskPhase phase : TaskPhase.values()) {
      if (phase != TaskPhase.RETIRED) {
        gauge(
            "millrace.tasks",
            "Tasks of runs that have not ended.",
            Tags.of("phase", phase.label()),
            () -> load.tasks().getOrDefault(phase, 0));
      }
    }
    gauge(
        "millrace.ready",
        "1 while the engine can do its work, else 0.",
        () -> watched.unfit().isEmpty() ? 1 : 0);
    File directory = stateDirectory.toFile();
    gauge(
        "millrace.disk.free.bytes", "What is free where the state is.", directory::getUsableSpace);
    gauge("millrace.disk.size.bytes", "How large that disk is.", directory::getTotalSpace);
  }

  /** The loop keeps the numbers of its runs for itself: they are asked for, and waited for. */
  private void refresh() {
    Engine watched = engine;
    if (watched == null) {
      return;
    }
    try {
      load = watched.load().toCompletableFuture().get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      // The numbers of the last time are shown again.
    }
  }

  // ---- requests ----

  /**
   * Counts an answer.
   *
   * @param operation its id in the contract
   * @param status of the answer
   * @param nanos what it took, or -1 where that tells nothing: a stream lasts as long as a run
   */
  public void answered(String operation, int status, long nanos) {
    String family = status / 100 + "xx";
    requests
        .computeIfAbsent(
            operation + ' ' + family,
            _ ->
                counter(
                    "millrace.http.requests",
                    "Requests that were answered.",
                    "operation",
                    operation,
                    "status",
                    family))
        .increment();
    if (nanos >= 0) {
      answers
          .computeIfAbsent(
              operation,
              _ ->
                  timer(
                      "millrace.http.request.duration",
                      "From the head of a request to the end of its answer, without streams.",
                      SHORT,
                      "operation",
                      operation))
          .record(nanos, TimeUnit.NANOSECONDS);
    }
  }

  /**
   * Returns all of them. May wait for the engine for a moment.
   *
   * @param accept what the reader asks for, or null
   */
  public Scrape scrape(@Nullable String accept) {
    refresh();
    String type =
        accept != null && accept.contains("application/openmetrics-text")
            ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
            : "text/plain; version=0.0.4; charset=utf-8";
    return new Scrape(type, registry.scrape(type));
  }

  /**
   * All metrics.
   *
   * @param contentType of the text
   */
  public record Scrape(String contentType, String text) {}

  @Override
  public void close() {
    collections.close();
    registry.close();
  }
}

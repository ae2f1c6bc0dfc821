package dev.millrace.telemetry;

import dev.millrace.runtime.Engine;
import dev.millrace.runtime.EngineObserver;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All that is told of one server: its metrics, what it logs of its runs, and their traces. */
public final class Telemetry implements AutoCloseable {
  private final Meters meters;
  private final @Nullable Tracing tracing;
  private final EngineObserver observer;
  private @Nullable StoreSize store;

  private Telemetry(Meters meters, @Nullable Tracing tracing) {
    this.meters = meters;
    this.tracing = tracing;
    List<EngineObserver> all = new ArrayList<>();
    all.add(new RunMeters(meters));
    all.add(new RunLog());
    if (tracing != null) {
      all.add(new RunTraces(tracing));
    }
    observer = new Observers(all);
  }

  /**
   * Begins.
   *
   * @param otlp the base address of a collector of traces, or null where only the environment may
   *     name one
   * @param environment where OpenTelemetry's variables are looked for
   * @param version of this program
   * @throws IllegalArgumentException if the address or a variable has no sense; the message says so
   */
  public static Telemetry open(
      @Nullable String otlp, Map<String, String> environment, String version) {
    Meters meters = new Meters(version);
    return new Telemetry(meters, Tracing.open(otlp, environment, version, meters));
  }

  /** Returns telemetry that sends nothing anywhere. */
  public static Telemetry local() {
    return open(null, Map.of(), "(none)");
  }

  /** Returns what is to watch the engine, and somebody else with it. */
  public EngineObserver observer(EngineObserver other) {
    return new Observers(List.of(observer, other));
  }

  /** Shows from now on how that engine stands. */
  public void watch(Engine engine, Path stateDirectory) {
    meters.watch(engine, stateDirectory);
    StoreSize size = new StoreSize(engine.inventory());
    store = size;
    meters.gauge(
        "millrace.store.blobs", "Blobs in the content store, counted now and then.", size::blobs);
    meters.gauge("millrace.store.bytes", "Sum of their sizes, likewise.", size::bytes);
  }

  /** Shows how many lines of the log were dropped. */
  public void watch(LogOutput log) {
    meters.dropped(log::dropped);
  }

  /** Returns the metrics. */
  public Meters meters() {
    return meters;
  }

  /** Sends what is to be sent now, and waits for that, but not for long. */
  public void flush() {
    if (tracing != null) {
      tracing.flush();
    }
  }

  /** Sends what is left to be sent, if that can be done soon. */
  @Override
  public void close() {
    if (store != null) {
      store.close();
    }
    if (tracing != null) {
      tracing.close();
    }
    meters.close();
  }
}

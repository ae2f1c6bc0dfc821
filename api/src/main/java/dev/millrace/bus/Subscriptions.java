package dev.millrace.bus;

import io.vertx.core.VertxOptions;
import io.vertx.core.spi.VertxMetricsFactory;
import io.vertx.core.spi.metrics.EventBusMetrics;
import io.vertx.core.spi.metrics.VertxMetrics;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Knows whether anybody listens where events are published, so that nothing is read for nobody. The
 * bus itself tells of its handlers to whoever counts them, and to nobody else; so this is a factory
 * of metrics. Safe for use by many threads.
 */
public final class Subscriptions implements VertxMetricsFactory {
  private final Map<String, Integer> handlers = new ConcurrentHashMap<>();

  /** Returns whether anybody listens for events of that run. */
  boolean wants(String run) {
    return handlers.containsKey(BusAddress.EVENTS)
        || handlers.containsKey(BusAddress.EVENTS_OF + run);
  }

  @Override
  public VertxMetrics metrics(VertxOptions options) {
    return new VertxMetrics() {
      @Override
      public EventBusMetrics<?> createEventBusMetrics() {
        return counting();
      }
    };
  }

  /** Returns what is told of handlers. */
  public EventBusMetrics<String> counting() {
    return new EventBusMetrics<>() {
      @Override
      public @Nullable String handlerRegistered(String address) {
        if (!BusAddress.isPublished(address)) {
          return null;
        }
        handlers.merge(address, 1, Integer::sum);
        return address;
      }

      @Override
      public void handlerUnregistered(@Nullable String address) {
        if (address != null) {
          handlers.computeIfPresent(address, (_, count) -> count == 1 ? null : count - 1);
        }
      }
    };
  }
}

package dev.millrace.bus;

import dev.millrace.wire.RunEvents;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Publishes what has become durable, for those who listen. The engine only says that there is more
 * of a run; what it is, is read from the journal, one page after the other, on a thread that may
 * wait. So nothing is queued here, each run is published in order, and the engine waits for nobody.
 * Safe for use by many threads.
 */
public final class EventPublisher {
  /** How soon what is read for nobody any more is closed. */
  private static final long SWEEP_MILLIS = 5_000;

  private final Context context;
  private final EventBus bus;
  private final Subscriptions subscriptions;
  private final RunEvents events;
  private final Map<String, Pump> pumps = new ConcurrentHashMap<>();

  /**
   * Begins.
   *
   * @param subscriptions of this Vert.x
   */
  public EventPublisher(Vertx vertx, Subscriptions subscriptions, RunEvents events) {
    context = vertx.getOrCreateContext();
    bus = vertx.eventBus();
    this.subscriptions = subscriptions;
    this.events = events;
    vertx.setPeriodic(SWEEP_MILLIS, _ -> sweep());
  }

  /**
   * Takes note that a run has more facts. Quick, and free where nobody listens.
   *
   * @param first the number of the first of them
   */
  public void committed(String run, long first) {
    if (subscriptions.wants(run)) {
      pumps.compute(
          run,
          (_, known) -> {
            Pump pump = known == null ? new Pump(run, first) : known;
            pump.wake();
            return pump;
          });
    }
  }

  private void sweep() {
    for (String run : pumps.keySet()) {
      if (!subscriptions.wants(run) || !events.goesOn(run)) {
        pumps.computeIfPresent(run, (_, pump) -> pump.closeIfIdle() ? null : pump);
      }
    }
  }

  /** Reads one run and publishes it, as long as there is more. */
  private final class Pump {
    private final String run;
    private long next;
    private RunEvents.@Nullable Reader reader;
    private boolean working;
    private boolean more;

    Pump(String run, long next) {
      this.run = run;
      this.next = next;
    }

    synchronized void wake() {
      more = true;
      if (!working) {
        working = true;
        work();
      }
    }

    synchronized boolean closeIfIdle() {
      if (!working && reader != null) {
        reader.close();
        reader = null;
      }
      return !working;
    }

    private void work() {
      try {
        publish();
      } catch (RejectedExecutionException e) {
        rest(); // the server stops; the engine, which may have called, must not hear of it
      }
    }

    private void publish() {
      context
          .executeBlocking(this::publishPage, false)
          .onComplete(found -> goOn(found), failure -> rest());
    }

    private synchronized void goOn(boolean found) {
      if (found || more) {
        work();
      } else {
        working = false;
      }
    }

    /** The run cannot be read now, as when the disk is gone; its next fact is the next try. */
    private synchronized void rest() {
      working = false;
    }

    private boolean publishPage() throws IOException {
      RunEvents.Reader from = begin();
      List<RunEvents.Event> page = from.page(next);
      for (RunEvents.Event event : page) {
        JsonObject json = new JsonObject(Buffer.buffer(event.json()));
        bus.publish(BusAddress.EVENTS_OF + run, json);
        bus.publish(BusAddress.EVENTS, json);
        next = event.sequence() + 1;
      }
      return !page.isEmpty();
    }

    private synchronized RunEvents.Reader begin() throws IOException {
      more = false;
      RunEvents.Reader known = reader;
      if (known == null) {
        known = events.open(run);
        reader = known;
      }
      return known;
    }
  }
}

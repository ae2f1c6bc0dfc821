package dev.millrace.http;

import dev.millrace.wire.RunEvents;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;

/** Gives the logs of runs to the doors beside this one. Safe for use by many threads. */
final class RunReaders implements RunEvents {
  private final EventLogs logs;
  private final Predicate<String> goingOn;

  /**
   * @param goingOn whether the run with an id goes on in this server
   */
  RunReaders(EventLogs logs, Predicate<String> goingOn) {
    this.logs = logs;
    this.goingOn = goingOn;
  }

  @Override
  public Reader open(String run) throws IOException {
    EventLog log = logs.open(run);
    AtomicBoolean closed = new AtomicBoolean();
    return new Reader() {
      @Override
      public List<Event> page(long from) {
        return log.page(from).stream()
            .map(event -> new Event(event.sequence(), event.json()))
            .toList();
      }

      @Override
      public void close() {
        if (!closed.getAndSet(true)) {
          logs.close(run);
        }
      }
    };
  }

  @Override
  public boolean goesOn(String run) {
    return goingOn.test(run);
  }
}

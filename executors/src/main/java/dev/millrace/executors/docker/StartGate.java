package dev.millrace.executors.docker;

import java.util.LinkedHashSet;
import java.util.SequencedSet;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets only so many containers be made and started at a time: a Docker Engine that is asked for
 * more becomes slower, and a machine needs memory for each start. In the order of coming.
 */
final class StartGate {
  private final int places;
  private final SequencedSet<Object> waiting = new LinkedHashSet<>();
  private int inside;

  StartGate(int places) {
    this.places = places;
  }

  /** A place inside, until it is closed. */
  final class Place implements AutoCloseable {
    private boolean left;

    @Override
    public void close() {
      synchronized (StartGate.this) {
        if (!left) {
          left = true;
          inside--;
          StartGate.this.notifyAll();
        }
      }
    }
  }

  /**
   * Waits for a place.
   *
   * @param abandoned asked again after each {@link #wake}
   * @return the place, or null when it was abandoned
   */
  synchronized @Nullable Place enter(BooleanSupplier abandoned) throws InterruptedException {
    Object self = new Object();
    waiting.add(self);
    try {
      while (!abandoned.getAsBoolean()) {
        if (inside < places && waiting.getFirst().equals(self)) {
          inside++;
          return new Place();
        }
        wait();
      }
      return null;
    } finally {
      waiting.remove(self);
      notifyAll();
    }
  }

  /** Has everybody who waits look whether that is still wanted. */
  synchronized void wake() {
    notifyAll();
  }
}

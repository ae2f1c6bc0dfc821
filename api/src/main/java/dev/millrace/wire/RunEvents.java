package dev.millrace.wire;

import java.io.IOException;
import java.util.List;

/** Where the events of runs are read, in the form in which every door sends them. */
public interface RunEvents {
  /**
   * An event.
   *
   * @param sequence its number within the run, from 1
   * @param json the CloudEvent
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Event(long sequence, byte[] json) {}

  /**
   * Opens a run to be read.
   *
   * @return to be closed
   * @throws IOException if the run's document is gone from the store
   */
  Reader open(String run) throws IOException;

  /** Returns whether the run goes on here. */
  boolean goesOn(String run);

  /** Reads one run. Safe for use by many threads. */
  interface Reader extends AutoCloseable {
    /**
     * Returns durable events in order.
     *
     * @param from the number of the first, from 1
     * @return some of those behind it, empty where there is none yet
     */
    List<Event> page(long from);

    @Override
    void close();
  }
}

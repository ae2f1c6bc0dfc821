package dev.millrace.automation;

import dev.millrace.json.JsonObject;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The runs of a server and their durable events, as triggers read them. */
public interface WatchedRuns {
  /**
   * A run.
   *
   * @param ended whether it has ended
   */
  record Run(String id, String pipeline, Map<String, String> labels, boolean ended) {
    public Run {
      labels = Map.copyOf(labels);
    }
  }

  /**
   * An event.
   *
   * @param sequence its number within the run, from 1 and without gaps
   * @param json the CloudEvent
   */
  record Event(long sequence, JsonObject json) {}

  /** Returns a run, or null. */
  @Nullable Run find(String run);

  /** Returns the ids of the runs that go on now. */
  Set<String> open();

  /** Returns the ids of the runs that were submitted at that time or later. */
  Set<String> submittedSince(Instant time);

  /**
   * Reads durable events in order.
   *
   * @param from the number of the first
   * @return a page of them; empty where there is none yet
   * @throws IOException if they cannot be read now
   */
  List<Event> read(String run, long from) throws IOException;

  /** Says that no more is read of a run for now. */
  void release(String run);
}

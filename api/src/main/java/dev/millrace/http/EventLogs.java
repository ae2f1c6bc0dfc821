package dev.millrace.http;

import dev.millrace.runtime.RunArchive;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** The logs of the runs that somebody follows. Safe for use by many threads. */
final class EventLogs {
  private final RunArchive archive;
  private final Map<String, Followed> followed = new HashMap<>();

  EventLogs(RunArchive archive) {
    this.archive = archive;
  }

  private static final class Followed {
    private final EventLog log;
    private int followers;

    Followed(EventLog log) {
      this.log = log;
    }
  }

  /**
   * Returns the log of a run, to be given back by {@link #close}.
   *
   * @throws IOException if the run's document is gone from the store
   */
  EventLog open(String run) throws IOException {
    synchronized (this) {
      Followed known = followed.get(run);
      if (known != null) {
        known.followers++;
        return known.log;
      }
    }
    EventLog made = new EventLog(run, archive.tail(run));
    synchronized (this) {
      Followed one = followed.computeIfAbsent(run, _ -> new Followed(made));
      one.followers++;
      return one.log;
    }
  }

  /** Gives a log back. */
  synchronized void close(String run) {
    followed.computeIfPresent(run, (_, one) -> --one.followers == 0 ? null : one);
  }
}

package dev.millrace.webhook;

import dev.millrace.wire.RunEvents;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** What a courier knows of one run. Used on the courier's context, but for the first two. */
final class Lane {
  final String run;

  /** Whether the courier was told that there is more, and has not looked since. */
  final AtomicBoolean noticed = new AtomicBoolean(true);

  RunEvents.@Nullable Reader reader;

  /** Whether the run is none of this webhook's. */
  boolean ignored;

  /** Whether it has its row, so that it is found again after a crash. */
  boolean recorded;

  /** Whether something is done for it, or will be at some time. */
  boolean working;

  long delivered;
  long failingSince;
  int failures;

  Lane(String run, long delivered) {
    this.run = run;
    this.delivered = delivered;
  }

  Progress.Row row(boolean done) {
    return new Progress.Row(delivered, failingSince, done);
  }

  void closeReader() {
    if (reader != null) {
      reader.close();
      reader = null;
    }
  }
}

package dev.millrace.runtime;

import dev.millrace.cache.ActionCache;
import dev.millrace.content.Trees;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What the parts of a run share.
 *
 * @param id of the run
 * @param submission what was asked
 * @param loop on which the run lives
 * @param sources where lost content of the user's files can be had again
 * @param workers threads for what must not hold the loop up: hashing, reading, looking up
 */
record RunContext(
    String id,
    Submission submission,
    SourceProvider sources,
    RunPlan plan,
    EventLoop loop,
    Executor workers,
    Dispatcher dispatcher,
    ActionCache cache,
    Trees trees,
    ResultReader results,
    ToolFingerprints tools) {

  /** Returns the time in milliseconds since the epoch. */
  long now() {
    return System.currentTimeMillis();
  }

  /** Returns a random number in [0, 1), to spread retries. */
  double jitter() {
    return ThreadLocalRandom.current().nextDouble();
  }
}

package dev.millrace.executors.docker;

import java.time.Duration;

/**
 * How long is waited.
 *
 * @param grace for a command to clean up, between SIGTERM and SIGKILL
 * @param absence for a Docker Engine that does not answer: a restart should not cost an attempt
 *     that was not running
 * @param idle for the next attempt, before a slot that nobody uses is removed
 */
record Patience(Duration grace, Duration absence, Duration idle) {

  /** What the executor does unless it is tested. */
  static final Patience USUAL =
      new Patience(Duration.ofSeconds(2), Duration.ofSeconds(60), Duration.ofSeconds(10));
}

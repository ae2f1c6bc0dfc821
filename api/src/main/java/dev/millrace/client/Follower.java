package dev.millrace.client;

import io.vertx.core.Future;
import java.time.Duration;

/** Follows a run. */
@FunctionalInterface
public interface Follower {

  /**
   * Called for each event, in order, each once. Called on a thread that must not wait.
   *
   * @return completes when the next may come; a failure ends the following with it
   */
  Future<?> event(Event event);

  /**
   * Called when the connection broke: it goes on behind the last event by itself.
   *
   * @param wait how long until it tries
   */
  default void interrupted(Throwable cause, Duration wait) {}
}

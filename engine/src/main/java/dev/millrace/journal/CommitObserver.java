package dev.millrace.journal;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Watches commits. Called on the writer's thread: must be quick, and must throw nothing. */
@FunctionalInterface
public interface CommitObserver {

  /** Watches nothing. */
  CommitObserver NONE = (changes, nanos, failure) -> {};

  /**
   * A group was committed, or could not be.
   *
   * @param changes how many were in the group
   * @param nanos how long it took from its first statement
   * @param failure why nothing of it is durable, or null
   */
  void committed(int changes, long nanos, @Nullable IOException failure);
}

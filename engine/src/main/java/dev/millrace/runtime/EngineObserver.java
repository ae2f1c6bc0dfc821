package dev.millrace.runtime;

import dev.millrace.dispatch.AttemptRef;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Watches an engine at work: for metrics, logs and traces. The engine knows nothing of these.
 *
 * <p>Calls come from the engine's own threads, where nothing may wait: they must be quick. What an
 * observer throws is dropped. Those about one run come in order, from the engine's loop, but for
 * {@link #began}.
 */
public interface EngineObserver {

  /** Watches nothing. */
  EngineObserver NONE = new EngineObserver() {};

  /**
   * A run that this engine has from now on.
   *
   * @param labels the user's
   * @param acceptedMillis when the run was accepted, since the epoch
   * @param continued whether it had begun before
   */
  record Taken(String run, Map<String, String> labels, long acceptedMillis, boolean continued) {
    public Taken {
      labels = Map.copyOf(labels);
    }
  }

  /** The engine has a run from now on; its facts are told after this. */
  default void taken(Taken run) {}

  /**
   * Facts of a run have become durable.
   *
   * @param run as it stands, which may be ahead of these facts; to be read during the call only
   * @param facts never empty, in order
   */
  default void committed(RunView run, List<CommittedFact> facts) {}

  /** The engine has a run no more: it has ended, or was given up. */
  default void left(String run) {}

  /** A run cannot go on for now; the engine tries again by itself. */
  default void trouble(String run, String message) {}

  /** Nothing that was told by {@link #trouble} keeps the run any more. */
  default void recovered(String run) {}

  /**
   * An attempt begins on this machine: what its start waited for is there. On any thread, maybe
   * before the fact that it was started is told.
   *
   * @param atMillis since the epoch
   */
  default void began(AttemptRef attempt, long atMillis) {}

  /**
   * Attempts cannot go on for want of something that this machine has not at the moment, such as
   * space on its disk; or with null, they go on. On any thread.
   */
  default void paused(@Nullable String reason) {}

  /**
   * The journal committed a group of changes, or could not. On the journal's thread.
   *
   * @param failure why nothing of the group is durable, or null
   */
  default void journal(int changes, long nanos, @Nullable IOException failure) {}

  /** The engine gives all its runs up: a bug, or no memory. It is of no use any more. */
  default void broken(Throwable cause) {}
}

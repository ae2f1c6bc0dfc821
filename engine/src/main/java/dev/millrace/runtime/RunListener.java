package dev.millrace.runtime;

import java.util.List;

/**
 * Follows a run. Called on threads of the engine, one at a time: must be quick, and must neither
 * wait nor close the engine, which waits for the attempt whose thread it may be.
 */
public interface RunListener {

  /** Listens to nothing. */
  RunListener NONE = (run, facts) -> {};

  /**
   * Called when facts have become durable, in order and without gaps.
   *
   * @param run the run as it stands, which may be ahead of these facts; to be read during the call
   *     only
   * @param facts never empty
   */
  void committed(RunView run, List<CommittedFact> facts);

  /**
   * Called when something keeps tasks from going on for now, with what is wrong or is waited for;
   * it goes on by itself.
   */
  default void trouble(String message) {}

  /** Called when nothing that was told by {@link #trouble} keeps the run any more. */
  default void recovered() {}
}

package dev.millrace.client;

import dev.millrace.runtime.RunEnd;
import dev.millrace.runtime.RunHandle;
import io.vertx.core.Future;

/** A run of an engine within this program. Safe for use by many threads. */
public final class EmbeddedRun {
  private final RunHandle handle;

  EmbeddedRun(RunHandle handle) {
    this.handle = handle;
  }

  /** Returns the run's id. */
  public String id() {
    return handle.id();
  }

  /** Returns whether it is a run that was interrupted and goes on. */
  public boolean continued() {
    return handle.continued();
  }

  /** Completes when the run has ended, however it did, with its outputs. */
  public Future<RunEnd> done() {
    return Future.fromCompletionStage(handle.done());
  }

  /**
   * Asks for the run's end.
   *
   * @param force steps that run in any case are not run either
   */
  public void cancel(boolean force) {
    handle.cancel(force);
  }
}

package dev.millrace.runtime;

import dev.millrace.run.RunWish;
import java.util.concurrent.CompletionStage;

/** A run that goes on in this engine. Safe for use by many threads. */
public final class RunHandle {
  private final String id;
  private final boolean continued;
  private final RunDriver driver;
  private final EventLoop loop;

  RunHandle(String id, boolean continued, RunDriver driver, EventLoop loop) {
    this.id = id;
    this.continued = continued;
    this.driver = driver;
    this.loop = loop;
  }

  /** Returns the run's id. */
  public String id() {
    return id;
  }

  /** Returns whether this is an interrupted run that goes on. */
  public boolean continued() {
    return continued;
  }

  /** Completes when the run has ended; exceptionally only if its outputs cannot be read. */
  public CompletionStage<RunEnd> done() {
    return driver.done().minimalCompletionStage();
  }

  /**
   * Asks for the run's end.
   *
   * @param force steps that run {@code always} are not run either
   */
  public void cancel(boolean force) {
    loop.execute(() -> driver.wish(new RunWish.Cancel(force)));
  }
}

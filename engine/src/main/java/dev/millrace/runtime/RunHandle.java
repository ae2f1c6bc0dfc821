package dev.millrace.runtime;

import dev.millrace.dispatch.Loop;
import dev.millrace.run.RunState;
import dev.millrace.run.RunStatus;
import dev.millrace.run.RunWish;
import dev.millrace.run.TaskPhase;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** A run that goes on in this engine. Safe for use by many threads. */
public final class RunHandle {
  private final String id;
  private final boolean continued;
  private final int tasksBefore;
  private final int endedBefore;
  private final RunDriver driver;
  private final Loop loop;
  private volatile CompletionStage<Void> reopened = CompletableFuture.completedStage(null);

  RunHandle(String id, boolean continued, RunState state, RunDriver driver, Loop loop) {
    this.id = id;
    this.continued = continued;
    tasksBefore = state.liveTasks();
    endedBefore = ended(state);
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

  /** Returns the number of tasks that were known when this engine took the run up. */
  public int tasksBefore() {
    return tasksBefore;
  }

  /**
   * Returns the number of tasks that had ended when this engine took the run up; of a run that is
   * tried again, those that had succeeded.
   */
  public int endedBefore() {
    return endedBefore;
  }

  private static int ended(RunState state) {
    if (state.runStatus() != RunStatus.RUNNING) {
      return state.count(TaskPhase.SUCCEEDED);
    }
    int ended = 0;
    for (TaskPhase phase : TaskPhase.values()) {
      ended += phase.settled() && phase != TaskPhase.RETIRED ? state.count(phase) : 0;
    }
    return ended;
  }

  /** Completes when the run has ended; exceptionally only if its outputs cannot be read. */
  public CompletionStage<RunEnd> done() {
    return driver.done().minimalCompletionStage();
  }

  /** Takes the run up again, if it has failed or was cancelled. */
  void reopen(String by) {
    reopened = command(new RunWish.Reopen(by));
  }

  /**
   * Completes when what came of taking the run up again is durable; at once for a run that goes on.
   */
  public CompletionStage<Void> reopened() {
    return reopened;
  }

  /**
   * Asks for the run's end.
   *
   * @param force steps that run {@code always} are not run either
   */
  public void cancel(boolean force) {
    var _ = command(new RunWish.Cancel(force));
  }

  /**
   * Asks something of the run. What does not fit how it stands changes nothing.
   *
   * @return completes when what came of it is durable; exceptionally if this engine gives the run
   *     up before
   */
  public CompletionStage<Void> command(RunWish.Command wish) {
    CompletableFuture<Void> answered = new CompletableFuture<>();
    loop.execute(() -> driver.command(wish, () -> answered.complete(null)));
    var _ =
        driver
            .done()
            .exceptionally(
                failure -> {
                  answered.completeExceptionally(failure);
                  throw new CompletionException(failure);
                });
    return answered.minimalCompletionStage();
  }
}

package dev.millrace.runtime;

import dev.millrace.dispatch.Assignment;
import dev.millrace.dispatch.AttemptReport;
import dev.millrace.dispatch.AttemptRunner;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What one engine tells its observer, and what it remembers of its own health. An observer that
 * throws harms nobody: its failures are dropped, after the first was logged.
 */
final class Observation {
  private final EngineObserver observer;
  private final boolean watched;
  private volatile @Nullable String paused;
  private volatile @Nullable String journalTrouble;
  private volatile @Nullable Throwable broken;
  private volatile boolean complained;

  Observation(EngineObserver observer) {
    this.observer = observer;
    watched = !observer.equals(EngineObserver.NONE);
  }

  private void tell(Runnable what) {
    try {
      what.run();
    } catch (RuntimeException e) {
      if (!complained) {
        complained = true;
        System.getLogger("dev.millrace.runtime")
            .log(System.Logger.Level.WARNING, "an observer of the engine failed", e);
      }
    }
  }

  /** Has the observer hear what a run's listener hears. */
  RunListener observed(String run, RunListener listener) {
    return watched ? new Listener(run, listener) : listener;
  }

  /** Has the observer hear of the run's end, or that it is given up. */
  void taken(EngineObserver.Taken run, CompletionStage<RunEnd> done) {
    if (watched) {
      tell(() -> observer.taken(run));
      var _ = done.whenComplete((end, failure) -> tell(() -> observer.left(run.run())));
    }
  }

  /** Has the observer hear of attempts that begin. */
  AttemptRunner observed(AttemptRunner runner) {
    return watched ? new Runner(runner) : runner;
  }

  /** Notes that attempts cannot go on, and why; or with null, that they do. */
  void paused(@Nullable String reason) {
    paused = reason;
    tell(() -> observer.paused(reason));
  }

  /** Notes how a commit went. */
  void journal(int changes, long nanos, @Nullable IOException failure) {
    journalTrouble = failure == null ? null : String.valueOf(failure.getMessage());
    tell(() -> observer.journal(changes, nanos, failure));
  }

  /** Notes that the engine is of no use any more. */
  void broken(Throwable cause) {
    if (broken == null) {
      broken = cause;
      tell(() -> observer.broken(cause));
    }
  }

  /** Returns why attempts cannot go on, or null. */
  @Nullable String whyPaused() {
    return paused;
  }

  /** Returns why the last commit failed, or null. */
  @Nullable String journalTrouble() {
    return journalTrouble;
  }

  /** Returns why the engine is of no use any more, or null. */
  @Nullable Throwable whyBroken() {
    return broken;
  }

  private final class Listener implements RunListener {
    private final String run;
    private final RunListener listener;

    Listener(String run, RunListener listener) {
      this.run = run;
      this.listener = listener;
    }

    @Override
    public void committed(RunView view, List<CommittedFact> facts) {
      tell(() -> observer.committed(view, facts));
      listener.committed(view, facts);
    }

    @Override
    public void trouble(String message) {
      tell(() -> observer.trouble(run, message));
      listener.trouble(message);
    }

    @Override
    public void recovered() {
      tell(() -> observer.recovered(run));
      listener.recovered();
    }
  }

  private final class Runner implements AttemptRunner {
    private final AttemptRunner runner;

    Runner(AttemptRunner runner) {
      this.runner = runner;
    }

    @Override
    public void expect(Assignment assignment) {
      runner.expect(assignment);
    }

    @Override
    public Running start(Assignment assignment, Consumer<AttemptReport> ended) {
      long now = System.currentTimeMillis();
      tell(() -> observer.began(assignment.ref(), now));
      return runner.start(assignment, ended);
    }
  }
}

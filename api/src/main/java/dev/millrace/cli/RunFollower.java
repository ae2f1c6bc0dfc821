package dev.millrace.cli;

import dev.millrace.cli.RunSummary.FailedTask;
import dev.millrace.content.ContentStore;
import dev.millrace.run.RunEvent;
import dev.millrace.runtime.CommittedFact;
import dev.millrace.runtime.RunListener;
import dev.millrace.runtime.RunView;
import dev.millrace.wire.EventJson;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Hands the news of a run from the engine's thread, which must not wait, to the thread that prints,
 * which may have to: whoever reads stdout may be slow.
 *
 * <p>News gathers for a moment before it is shown: to wake that thread for each commit, and by what
 * it writes whoever reads it, takes a run of short steps time in which nobody sees more.
 */
final class RunFollower implements RunListener {
  private static final int FAILURES = 20;
  private static final long GATHER_MILLIS = 20;

  private List<RunNews> news = new ArrayList<>();
  private final List<FailedTask> failures = new ArrayList<>();
  private final List<String> troubles = new ArrayList<>();
  private Progress progress = Progress.NONE;
  private boolean gathering;
  private boolean ended;
  private boolean abandoned;

  @Override
  public synchronized void committed(RunView run, List<CommittedFact> facts) {
    for (CommittedFact fact : facts) {
      RunNews item = new RunNews(fact, EventJson.subject(run, fact.event()));
      news.add(item);
      noteFailure(item);
    }
    progress = Progress.of(run);
    if (!gathering) {
      notifyAll();
    }
  }

  private void noteFailure(RunNews item) {
    if (item.fact().event() instanceof RunEvent.RunReopened) {
      failures.clear();
    }
    if (failures.size() >= FAILURES) {
      return;
    }
    if (item.fact().event() instanceof RunEvent.AttemptFailed failed
        && failed.retryAtMillis() == null) {
      failures.add(new FailedTask(item.name(), failed.attempt(), failed.failure(), List.of()));
    } else if (item.fact().event() instanceof RunEvent.TaskFailed(_, var failure)) {
      failures.add(new FailedTask(item.name(), 0, failure, List.of()));
    } else if (item.fact().event() instanceof RunEvent.TaskRejected rejected) {
      failures.add(new FailedTask(item.name(), 0, rejected.failure(), List.of()));
    }
  }

  /** Returns the first tasks that failed for good, with what they wrote last. */
  synchronized List<FailedTask> failures(ContentStore store) {
    List<FailedTask> withTails = new ArrayList<>();
    for (FailedTask failed : failures) {
      withTails.add(failed.with(LogTail.of(failed.failure(), store)));
    }
    return withTails;
  }

  @Override
  public synchronized void trouble(String message) {
    troubles.add(message);
    notifyAll();
  }

  private synchronized void end() {
    ended = true;
    gathering = false;
    notifyAll();
  }

  private synchronized void abandon() {
    abandoned = true;
    end();
  }

  /**
   * Shows the run until it has ended, on the calling thread.
   *
   * @return how far it came
   * @throws AbandonedException if who wanted to see it is gone
   */
  Progress showTo(RunDisplay display, CompletionStage<?> done, Signals signals) {
    try (Signals.Registration _ = signals.onAbandoned(this::abandon)) {
      return showTo(display, done);
    }
  }

  private Progress showTo(RunDisplay display, CompletionStage<?> done) {
    done.whenComplete((_, _) -> end());
    boolean goesOn = true;
    while (goesOn) {
      Batch batch = next(display.patienceMillis());
      if (batch.abandoned) {
        throw new AbandonedException();
      }
      for (String trouble : batch.troubles) {
        display.trouble(trouble);
      }
      display.show(batch.progress, batch.news);
      goesOn = !batch.last;
    }
    display.end();
    return progress();
  }

  private record Batch(
      List<RunNews> news,
      List<String> troubles,
      Progress progress,
      boolean last,
      boolean abandoned) {}

  private synchronized Batch next(long patienceMillis) {
    long now = System.nanoTime();
    try {
      gathering = !ended;
      waitWhile(() -> gathering, now + TimeUnit.MILLISECONDS.toNanos(GATHER_MILLIS));
      gathering = false;
      waitWhile(
          () -> !ended && news.isEmpty() && troubles.isEmpty(),
          now + TimeUnit.MILLISECONDS.toNanos(patienceMillis));
    } catch (InterruptedException e) {
      // Nobody interrupts the main thread; if someone does, the run is shown more often.
    }
    Batch batch = new Batch(news, List.copyOf(troubles), progress, ended, abandoned);
    news = new ArrayList<>();
    troubles.clear();
    return batch;
  }

  private synchronized void waitWhile(BooleanSupplier condition, long deadlineNanos)
      throws InterruptedException {
    while (condition.getAsBoolean()) {
      long left = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
      if (left <= 0) {
        return;
      }
      wait(left);
    }
  }

  private synchronized Progress progress() {
    return progress;
  }
}

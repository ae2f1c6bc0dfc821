package dev.millrace.cli;

import dev.millrace.run.RunEvent;
import dev.millrace.run.SkipCause;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A line for each thing that happens to a task, for files and pipes. In a large run tasks that
 * start are not told, and those from the cache only by their number.
 */
final class PlainDisplay implements RunDisplay {
  private static final int LARGE = 200;
  private static final long PATIENCE_MILLIS = 1000;

  private final Printer printer;
  private final SummaryText summaryText;
  private final Map<String, Long> started = new HashMap<>();
  private @Nullable LocalTimes times;
  private int cachedUntold;
  private long lastTold = System.nanoTime();

  PlainDisplay(Session session, String where) {
    printer = session.printer();
    summaryText = new SummaryText(session, where);
  }

  @Override
  public void begin(RunStart start) {
    summaryText.begin(start);
    printer.flush();
  }

  @Override
  public long patienceMillis() {
    return PATIENCE_MILLIS;
  }

  @Override
  public void show(Progress progress, List<RunNews> news) {
    boolean large = progress.tasks() > LARGE;
    for (RunNews item : news) {
      show(item, large);
    }
    if (System.nanoTime() - lastTold > TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS)) {
      tellCached();
    }
    printer.flush();
  }

  private void show(RunNews news, boolean large) {
    String task = news.name();
    long at = news.fact().atMillis();
    switch (news.fact().event()) {
      case RunEvent.TaskCached _ -> {
        if (large) {
          cachedUntold++;
        } else {
          tell(at, task, "from the cache");
        }
      }
      case RunEvent.ApprovalRequested _ -> tell(at, task, summaryText.waitsForApproval(task));
      case RunEvent.TaskApproved(_, var by, var comment) ->
          tell(at, task, "approved by " + by + (comment.isEmpty() ? "" : ": " + comment));
      case RunEvent.TaskRejected rejected ->
          tell(at, task, "failed: " + rejected.failure().message());
      case RunEvent.ResultDiffered differed -> tell(at, task, TaskText.differs(differed));
      case RunEvent.AttemptStarted(_, var attempt, _) -> {
        started.put(task, at);
        if (!large) {
          tell(at, task, attempt == 1 ? "started" : "started again, attempt " + attempt);
        }
      }
      case RunEvent.AttemptSucceeded _ -> tell(at, task, "done" + took(task, at));
      case RunEvent.AttemptFailed failed ->
          tell(
              at,
              task,
              "failed: "
                  + failed.failure().message()
                  + (failed.retryAtMillis() == null ? "" : "; it will be tried again"));
      case RunEvent.AttemptCancelled _ -> tell(at, task, "cancelled");
      case RunEvent.TaskSkipped(_, var cause) -> {
        if (!large) {
          tell(at, task, "skipped: " + reason(cause));
        }
      }
      case RunEvent.TaskFailed(_, var failure) -> tell(at, task, "failed: " + failure.message());
      case RunEvent.InputsLost _ ->
          tell(at, task, "waits: inputs of it are gone from the store and are made again");
      case RunEvent.CancelRequested _ -> tell(at, "run", "is being cancelled");
      case RunEvent.RunReopened(var by) -> tell(at, "run", "is tried again by " + by);
      case RunEvent.ImagePinned(_, var image, var imageId) ->
          tell(at, "run", "image " + image + " is " + imageId);
      case RunEvent.RunAccepted _,
          RunEvent.StepExpanded _,
          RunEvent.TaskQueued _,
          RunEvent.TaskReconsidered _,
          RunEvent.RetryDue _,
          RunEvent.RunFinished _ -> {}
    }
  }

  /** Says why a task was not run, after {@code skipped:}. */
  static String reason(SkipCause cause) {
    return switch (cause) {
      case CONDITION -> "its condition is false";
      case UPSTREAM_SKIPPED -> "what it needs was skipped";
      case UPSTREAM_FAILED -> "what it needs failed";
      case NOTHING_FAILED -> "nothing failed";
    };
  }

  private String took(String task, long at) {
    Long start = started.remove(task);
    return start == null ? "" : " in " + Amounts.duration(at - start);
  }

  private void tellCached() {
    if (cachedUntold > 0) {
      printer.line(Amounts.tasks(cachedUntold) + " from the cache");
      cachedUntold = 0;
      lastTold = System.nanoTime();
    }
  }

  private void tell(long at, String task, String what) {
    tellCached();
    LocalTimes local = times;
    if (local == null) {
      local = new LocalTimes();
      times = local;
    }
    printer.line(local.time(at) + " " + task + " " + what);
  }

  @Override
  public void trouble(String message) {
    printer.problem(message);
  }

  @Override
  public void end() {
    tellCached();
    printer.flush();
  }

  @Override
  public void summary(RunSummary summary) {
    summaryText.end(summary);
  }
}

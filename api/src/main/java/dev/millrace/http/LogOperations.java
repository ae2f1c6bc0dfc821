package dev.millrace.http;

import dev.millrace.cache.ActionResult;
import dev.millrace.digest.Digest;
import dev.millrace.dispatch.AttemptRef;
import dev.millrace.run.Failure;
import dev.millrace.run.TaskStatus;
import dev.millrace.runtime.LiveAttempt;
import dev.millrace.runtime.RunHistory;
import dev.millrace.runtime.RunHistory.AttemptHistory;
import dev.millrace.wire.TaskJson;
import java.io.IOException;
import java.util.List;
import java.util.OptionalInt;

/** Finds what attempts have written, or write now. Each call is for a thread that may wait. */
final class LogOperations {
  private final LiveRuns runs;
  private final Histories histories;

  LogOperations(LiveRuns runs, Histories histories) {
    this.runs = runs;
    this.histories = histories;
  }

  /**
   * Which text is wanted.
   *
   * @param task its name
   * @param attempt its number, or 0 for the newest
   */
  record Wanted(String run, String task, int attempt, boolean stderr) {
    static Wanted of(Request request) {
      return new Wanted(
          request.path("run"),
          request.path("task"),
          (int) Math.min(Integer.MAX_VALUE, request.number("attempt", 0)),
          "stderr".equals(request.query("stream")));
    }

    Wanted ofAttempt(int number) {
      return new Wanted(run, task, number, stderr);
    }
  }

  /** Where a text is. */
  sealed interface Found {
    /** Which attempt has it; 0 where another run made the task's result. */
    int attempt();
  }

  /** The attempt has ended and its text is in the store. */
  record Stored(int attempt, Digest text) implements Found {}

  /** The attempt runs. */
  record Running(int attempt, LiveAttempt live) implements Found {}

  /** There is none now, and none will come where the task has settled. */
  record Nowhere(int attempt, boolean settled) implements Found {}

  /** Where a text is, and how things stood when that was found out. */
  record Look(Found found, String status, long sequence) {}

  /**
   * Looks for a text.
   *
   * @throws ApiException if there is no such run or task
   */
  Look look(Wanted wanted) throws IOException {
    return histories.ask(wanted.run, history -> look(history, wanted));
  }

  private Look look(RunHistory history, Wanted wanted) {
    OptionalInt task = history.view().findTask(wanted.task);
    if (task.isEmpty()) {
      throw ApiException.notFound("run " + wanted.run + " has no task " + wanted.task);
    }
    TaskStatus status = history.view().taskStatus(task.getAsInt());
    return new Look(
        find(history, task.getAsInt(), wanted), TaskJson.status(status), history.lastSequence());
  }

  private Found find(RunHistory history, int task, Wanted wanted) {
    List<AttemptHistory> attempts = history.task(task).attempts();
    int number = wanted.attempt == 0 ? attempts.size() : wanted.attempt;
    ActionResult result = history.result(task);
    if (result != null && number == attempts.size()) {
      return new Stored(number, wanted.stderr ? result.stderr() : result.stdout());
    }
    for (AttemptHistory attempt : attempts) {
      if (attempt.number() == number) {
        return find(task, attempt, wanted);
      }
    }
    return new Nowhere(number, history.view().taskStatus(task).phase().settled());
  }

  private Found find(int task, AttemptHistory attempt, Wanted wanted) {
    Failure failure = attempt.failure();
    if (failure != null) {
      return new Stored(attempt.number(), wanted.stderr ? failure.stderr() : failure.stdout());
    }
    AttemptRef ref = new AttemptRef(wanted.run, task, attempt.number());
    LiveAttempt live = attempt.endedAtMillis() == 0 ? runs.live(ref) : null;
    return live != null
        ? new Running(attempt.number(), live)
        : new Nowhere(attempt.number(), attempt.endedAtMillis() != 0);
  }

  /**
   * Waits until more is known of a run.
   *
   * @param then called once, on any thread
   * @return false, and nothing is called, if the run does not go on here
   */
  boolean whenBeyond(String run, long sequence, Runnable then) {
    return runs.whenBeyond(run, sequence, then);
  }

  /** Forgets who waits by {@link #whenBeyond}. */
  void forget(String run, Runnable waiting) {
    runs.forget(run, waiting);
  }

  /** Says that there is none. */
  static ApiException none(Look look) {
    return ApiException.notFound(
        "there is no log of attempt " + look.found.attempt() + ": the task is " + look.status);
  }
}

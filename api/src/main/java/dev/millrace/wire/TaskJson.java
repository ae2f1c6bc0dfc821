package dev.millrace.wire;

import dev.millrace.cache.ActionKey;
import dev.millrace.cache.ActionResult;
import dev.millrace.cache.ExplanationCodec;
import dev.millrace.json.CanonicalWriter;
import dev.millrace.run.Failure;
import dev.millrace.run.RunEvent;
import dev.millrace.run.TaskStatus;
import dev.millrace.runtime.RunHistory;
import dev.millrace.runtime.RunHistory.Approval;
import dev.millrace.runtime.RunHistory.AttemptHistory;
import dev.millrace.runtime.RunHistory.TaskHistory;

/** A task with what happened to it. */
public final class TaskJson {
  private TaskJson() {}

  /** Returns how a task stands, in a word. */
  public static String status(TaskStatus status) {
    return status instanceof TaskStatus.Succeeded succeeded && succeeded.cached()
        ? "cached"
        : status.phase().label();
  }

  /** Returns a task as a text. */
  public static String text(RunHistory history, int task) {
    CanonicalWriter json = new CanonicalWriter();
    write(json, history, task);
    return json.toText();
  }

  /** Writes a task as a value. Times are in milliseconds since the epoch. */
  public static void write(CanonicalWriter json, RunHistory history, int task) {
    TaskHistory told = history.task(task);
    TaskStatus status = history.view().taskStatus(task);
    json.beginObject();
    Approval approval = told.approval();
    if (approval != null) {
      json.name("approval").beginObject().name("at").value(approval.atMillis());
      json.name("by").value(approval.by()).name("comment").value(approval.comment()).endObject();
    }
    json.name("attempts").beginArray();
    for (AttemptHistory attempt : told.attempts()) {
      attempt(json, attempt);
    }
    json.endArray();
    RunEvent.ResultDiffered difference = told.difference();
    if (difference != null) {
      json.name("differs").beginObject();
      ResultJson.difference(json, difference);
      json.endObject();
    }
    ActionKey key = told.key();
    if (key != null) {
      json.name("key").value(key.digest().text());
    }
    if (told.queuedAtMillis() != 0) {
      json.name("queuedAt").value(told.queuedAtMillis());
    }
    ActionResult result = history.result(task);
    if (result != null) {
      ResultJson.result(json, result);
    }
    json.name("run").value(history.record().id());
    json.name("status").value(status(status));
    json.name("task").value(history.view().taskName(task));
    if (told.why() != null) {
      ExplanationCodec.write(json.name("why"), told.why());
    }
    json.endObject();
  }

  private static void attempt(CanonicalWriter json, AttemptHistory attempt) {
    json.beginObject().name("attempt").value(attempt.number());
    if (attempt.endedAtMillis() != 0) {
      json.name("endedAt").value(attempt.endedAtMillis());
    }
    Failure failure = attempt.failure();
    if (failure != null) {
      ResultJson.failure(json, failure);
    }
    json.name("startedAt").value(attempt.startedAtMillis());
    json.name("worker").value(attempt.worker()).endObject();
  }
}

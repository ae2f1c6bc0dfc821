package dev.millrace.wire;

import dev.millrace.cache.ExplanationCodec;
import dev.millrace.json.CanonicalWriter;
import dev.millrace.run.RunEvent;
import dev.millrace.runtime.RunView;

/** What is told of the facts of a run. */
public final class EventJson {
  private EventJson() {}

  /** Writes the members of an event whose names come before {@code run}. */
  public static void details(CanonicalWriter json, RunEvent event) {
    switch (event) {
      case RunEvent.RunAccepted(var submission) -> json.name("given").value(submission);
      case RunEvent.TaskReconsidered _, RunEvent.RetryDue _ -> {}
      case RunEvent.StepExpanded(_, var items) -> {
        if (items != null) {
          json.name("items").value(items);
        }
      }
      case RunEvent.ImagePinned(var executor, var image, var imageId) ->
          json.name("executor")
              .value(executor)
              .name("image")
              .value(image)
              .name("imageId")
              .value(imageId);
      case RunEvent.TaskCached(_, var key, var result, _) -> {
        json.name("key").value(key.digest().text());
        ResultJson.result(json, result);
      }
      case RunEvent.TaskQueued(_, var key, _) -> json.name("key").value(key.digest().text());
      case RunEvent.ApprovalRequested(_, var key, _) -> json.name("key").value(key.digest().text());
      case RunEvent.TaskApproved(_, var by, var comment) ->
          json.name("by").value(by).name("comment").value(comment);
      case RunEvent.TaskRejected(_, var by, var comment) ->
          json.name("by").value(by).name("comment").value(comment);
      case RunEvent.ResultDiffered differed -> ResultJson.difference(json, differed);
      case RunEvent.AttemptStarted(_, var attempt, _) -> json.name("attempt").value(attempt);
      case RunEvent.AttemptSucceeded(_, var attempt, var result) -> {
        json.name("attempt").value(attempt);
        ResultJson.result(json, result);
      }
      case RunEvent.AttemptFailed(_, var attempt, var failure, var retryAt) -> {
        json.name("attempt").value(attempt);
        ResultJson.failure(json, failure);
        if (retryAt != null) {
          json.name("retryAt").value(retryAt.longValue());
        }
      }
      case RunEvent.TaskSkipped(_, var cause) -> json.name("cause").value(cause.label());
      case RunEvent.TaskFailed(_, var failure) -> ResultJson.failure(json, failure);
      case RunEvent.AttemptCancelled(_, var attempt) -> json.name("attempt").value(attempt);
      case RunEvent.InputsLost(_, var producers) -> {
        json.name("producers").beginArray();
        producers.forEach(producer -> json.value(producer.longValue()));
        json.endArray();
      }
      case RunEvent.CancelRequested(var force) -> json.name("force").value(force);
      case RunEvent.RunReopened(var by) -> json.name("by").value(by);
      case RunEvent.RunFinished(var status) -> json.name("result").value(status.label());
    }
  }

  /** Writes the members of an event whose names come after {@code type}. */
  public static void reasons(CanonicalWriter json, RunEvent event) {
    if (event instanceof RunEvent.TaskCached cached) {
      ExplanationCodec.write(json.name("why"), cached.why());
    } else if (event instanceof RunEvent.TaskQueued queued) {
      ExplanationCodec.write(json.name("why"), queued.why());
    } else if (event instanceof RunEvent.ApprovalRequested requested) {
      ExplanationCodec.write(json.name("why"), requested.why());
    } else if (event instanceof RunEvent.AttemptStarted started) {
      json.name("worker").value(started.worker());
    }
  }

  /** Returns the name of the step or task that an event is about; empty where it is the run. */
  public static String subject(RunView run, RunEvent event) {
    return switch (event) {
      case RunEvent.TaskCached(var task, _, _, _) -> run.taskName(task);
      case RunEvent.TaskQueued(var task, _, _) -> run.taskName(task);
      case RunEvent.ApprovalRequested(var task, _, _) -> run.taskName(task);
      case RunEvent.TaskApproved(var task, _, _) -> run.taskName(task);
      case RunEvent.TaskRejected(var task, _, _) -> run.taskName(task);
      case RunEvent.ResultDiffered(var task, _, _, _) -> run.taskName(task);
      case RunEvent.TaskReconsidered(var task) -> run.taskName(task);
      case RunEvent.AttemptStarted(var task, _, _) -> run.taskName(task);
      case RunEvent.AttemptSucceeded(var task, _, _) -> run.taskName(task);
      case RunEvent.AttemptFailed(var task, _, _, _) -> run.taskName(task);
      case RunEvent.RetryDue(var task) -> run.taskName(task);
      case RunEvent.TaskSkipped(var task, _) -> run.taskName(task);
      case RunEvent.TaskFailed(var task, _) -> run.taskName(task);
      case RunEvent.AttemptCancelled(var task, _) -> run.taskName(task);
      case RunEvent.InputsLost(var task, _) -> run.taskName(task);
      case RunEvent.StepExpanded(var step, _) -> run.plan().step(step).id();
      case RunEvent.RunAccepted _,
          RunEvent.ImagePinned _,
          RunEvent.CancelRequested _,
          RunEvent.RunReopened _,
          RunEvent.RunFinished _ ->
          "";
    };
  }
}

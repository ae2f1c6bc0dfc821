package dev.millrace.run;

import dev.millrace.cache.ActionKey;
import dev.millrace.cache.ExplanationCodec;
import dev.millrace.cache.ProducerCodec;
import dev.millrace.cache.ResultCodec;
import dev.millrace.digest.Digest;
import dev.millrace.json.CanonicalWriter;
import dev.millrace.json.JsonArray;
import dev.millrace.json.JsonBoolean;
import dev.millrace.json.JsonNumber;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonReader;
import dev.millrace.json.JsonString;
import dev.millrace.json.JsonValue;
import dev.millrace.run.RunEvent.ApprovalRequested;
import dev.millrace.run.RunEvent.AttemptCancelled;
import dev.millrace.run.RunEvent.AttemptFailed;
import dev.millrace.run.RunEvent.AttemptStarted;
import dev.millrace.run.RunEvent.AttemptSucceeded;
import dev.millrace.run.RunEvent.CancelRequested;
import dev.millrace.run.RunEvent.ImagePinned;
import dev.millrace.run.RunEvent.InputsLost;
import dev.millrace.run.RunEvent.ResultDiffered;
import dev.millrace.run.RunEvent.RetryDue;
import dev.millrace.run.RunEvent.RunAccepted;
import dev.millrace.run.RunEvent.RunFinished;
import dev.millrace.run.RunEvent.RunReopened;
import dev.millrace.run.RunEvent.StepExpanded;
import dev.millrace.run.RunEvent.TaskApproved;
import dev.millrace.run.RunEvent.TaskCached;
import dev.millrace.run.RunEvent.TaskFailed;
import dev.millrace.run.RunEvent.TaskQueued;
import dev.millrace.run.RunEvent.TaskReconsidered;
import dev.millrace.run.RunEvent.TaskRejected;
import dev.millrace.run.RunEvent.TaskSkipped;
import java.util.List;

/**
 * Facts as the journal keeps them: one line of JSON each, with the time in milliseconds since the
 * epoch as {@code at} and the fact's name as {@code type}. An instance is used by one thread at a
 * time.
 */
public final class RunEventCodec {
  private final CanonicalWriter out = new CanonicalWriter();

  /** A fact and when it was decided. */
  public record Timed(long atMillis, RunEvent event) {}

  /** Returns the line of a fact. Members are written in the order of their names. */
  public String encode(long atMillis, RunEvent event) {
    out.reset().beginObject();
    out.name("at").value(atMillis);
    beforeType(event);
    out.name("type").value(type(event));
    afterType(event);
    return out.endObject().toText();
  }

  private void beforeType(RunEvent event) {
    switch (event) {
      case RunAccepted(var submission) -> out.name("submission").value(submission);
      case StepExpanded(var step, var items) -> {
        if (items != null) {
          out.name("items").value(items);
        }
        out.name("step").value(step);
      }
      case ImagePinned(var executor, var image, var imageId) ->
          out.name("executor")
              .value(executor)
              .name("image")
              .value(image)
              .name("imageId")
              .value(imageId);
      case TaskCached(var task, var key, var result, _) -> {
        key(key);
        ResultCodec.write(out.name("result"), result);
        task(task);
      }
      case TaskQueued(var task, var key, _) -> {
        key(key);
        task(task);
      }
      case ApprovalRequested(var task, var key, _) -> {
        key(key);
        task(task);
      }
      case TaskApproved(var task, var by, var comment) -> answer(task, by, comment);
      case TaskRejected(var task, var by, var comment) -> answer(task, by, comment);
      case AttemptStarted(var task, var attempt, _) -> attempt(task, attempt);
      case AttemptSucceeded(var task, var attempt, var result) -> {
        out.name("attempt").value(attempt);
        ResultCodec.write(out.name("result"), result);
        task(task);
      }
      case ResultDiffered differed -> differed(differed);
      case AttemptFailed failed -> attemptFailed(failed);
      case AttemptCancelled(var task, var attempt) -> attempt(task, attempt);
      case TaskSkipped(var task, var cause) -> {
        out.name("cause").value(cause.label());
        task(task);
      }
      case TaskFailed(var task, var failure) -> {
        failure(failure);
        task(task);
      }
      case InputsLost lost -> inputsLost(lost);
      case TaskReconsidered(var task) -> task(task);
      case RetryDue(var task) -> task(task);
      case CancelRequested(var force) -> out.name("force").value(force);
      case RunReopened(var by) -> out.name("by").value(by);
      case RunFinished(var status) -> out.name("status").value(status.label());
    }
  }

  private void afterType(RunEvent event) {
    switch (event) {
      case TaskCached(_, _, _, var why) -> ExplanationCodec.write(out.name("why"), why);
      case TaskQueued(_, _, var why) -> ExplanationCodec.write(out.name("why"), why);
      case ApprovalRequested(_, _, var why) -> ExplanationCodec.write(out.name("why"), why);
      case AttemptStarted(_, _, var worker) -> out.name("worker").value(worker);
      case RunAccepted _,
          StepExpanded _,
          ImagePinned _,
          TaskApproved _,
          TaskRejected _,
          TaskReconsidered _,
          AttemptSucceeded _,
          ResultDiffered _,
          AttemptFailed _,
          AttemptCancelled _,
          RetryDue _,
          TaskSkipped _,
          TaskFailed _,
          InputsLost _,
          CancelRequested _,
          RunReopened _,
          RunFinished _ -> {}
    }
  }

  private void task(int task) {
    out.name("task").value(task);
  }

  private void attempt(int task, int attempt) {
    out.name("attempt").value(attempt);
    task(task);
  }

  private void answer(int task, String by, String comment) {
    out.name("by").value(by).name("comment").value(comment);
    task(task);
  }

  private void differed(ResultDiffered fact) {
    out.name("attempt").value(fact.attempt()).name("outputs").beginArray();
    fact.outputs().forEach(out::value);
    ProducerCodec.write(out.endArray().name("recorded"), fact.recorded());
    task(fact.task());
  }

  private void inputsLost(InputsLost fact) {
    out.name("producers").beginArray();
    fact.producers().forEach(producer -> out.value(producer.longValue()));
    out.endArray();
    task(fact.task());
  }

  /** Returns the name of a kind of fact. */
  public static String type(RunEvent event) {
    return switch (event) {
      case RunAccepted _ -> "accepted";
      case StepExpanded _ -> "expanded";
      case ImagePinned _ -> "image-pinned";
      case TaskCached _ -> "cached";
      case TaskQueued _ -> "queued";
      case ApprovalRequested _ -> "approval-requested";
      case TaskApproved _ -> "approved";
      case TaskRejected _ -> "rejected";
      case TaskReconsidered _ -> "reconsidered";
      case AttemptStarted _ -> "started";
      case AttemptSucceeded _ -> "succeeded";
      case ResultDiffered _ -> "differed";
      case AttemptFailed _ -> "attempt-failed";
      case RetryDue _ -> "retry-due";
      case TaskSkipped _ -> "skipped";
      case TaskFailed _ -> "failed";
      case AttemptCancelled _ -> "cancelled";
      case InputsLost _ -> "inputs-lost";
      case CancelRequested _ -> "cancel-requested";
      case RunReopened _ -> "reopened";
      case RunFinished _ -> "finished";
    };
  }

  private void attemptFailed(AttemptFailed fact) {
    out.name("attempt").value(fact.attempt());
    failure(fact.failure());
    if (fact.retryAtMillis() != null) {
      out.name("retryAt").value(fact.retryAtMillis().longValue());
    }
    out.name("task").value(fact.task());
  }

  private void key(ActionKey key) {
    digest("key", key.digest());
  }

  private void digest(String name, Digest digest) {
    out.name(name).beginObject().name("digest").value(digest.text());
    out.name("size").value(digest.size()).endObject();
  }

  private void failure(Failure failure) {
    out.name("failure").beginObject().name("exitCode").value(failure.exitCode());
    out.name("kind").value(failure.kind().label());
    out.name("message").value(failure.message());
    digest("stderr", failure.stderr());
    digest("stdout", failure.stdout());
    out.endObject();
  }

  /**
   * Reads a line back.
   *
   * @throws IllegalArgumentException if it is no fact of this version
   */
  public static Timed decode(String line) {
    return decode((JsonObject) JsonReader.read(line));
  }

  /**
   * Reads a fact that was parsed before.
   *
   * @throws IllegalArgumentException if it is no fact of this version
   */
  public static Timed decode(JsonObject json) {
    return new Timed(number(json, "at"), event(json));
  }

  private static RunEvent event(JsonObject json) {
    return switch (text(json, "type")) {
      case "accepted" -> new RunAccepted((JsonObject) member(json, "submission"));
      case "expanded" ->
          new StepExpanded(
              integer(json, "step"), json.get("items") instanceof JsonArray items ? items : null);
      case "image-pinned" ->
          new ImagePinned(text(json, "executor"), text(json, "image"), text(json, "imageId"));
      case "cached" ->
          new TaskCached(
              integer(json, "task"),
              key(json),
              ResultCodec.read((JsonObject) member(json, "result")),
              ExplanationCodec.read((JsonObject) member(json, "why")));
      case "queued" ->
          new TaskQueued(
              integer(json, "task"),
              key(json),
              ExplanationCodec.read((JsonObject) member(json, "why")));
      case "approval-requested" ->
          new ApprovalRequested(
              integer(json, "task"),
              key(json),
              ExplanationCodec.read((JsonObject) member(json, "why")));
      case "approved" ->
          new TaskApproved(integer(json, "task"), text(json, "by"), text(json, "comment"));
      case "rejected" ->
          new TaskRejected(integer(json, "task"), text(json, "by"), text(json, "comment"));
      case "reconsidered" -> new TaskReconsidered(integer(json, "task"));
      case "started" ->
          new AttemptStarted(integer(json, "task"), integer(json, "attempt"), text(json, "worker"));
      case "succeeded" ->
          new AttemptSucceeded(
              integer(json, "task"),
              integer(json, "attempt"),
              ResultCodec.read((JsonObject) member(json, "result")));
      case "differed" ->
          new ResultDiffered(
              integer(json, "task"),
              integer(json, "attempt"),
              ProducerCodec.read((JsonObject) member(json, "recorded")),
              outputs(json));
      case "attempt-failed" ->
          new AttemptFailed(
              integer(json, "task"),
              integer(json, "attempt"),
              failure(json),
              json.get("retryAt") instanceof JsonNumber at ? at.asLong() : null);
      case "retry-due" -> new RetryDue(integer(json, "task"));
      case "skipped" ->
          new TaskSkipped(integer(json, "task"), SkipCause.ofLabel(text(json, "cause")));
      case "failed" -> new TaskFailed(integer(json, "task"), failure(json));
      case "cancelled" -> new AttemptCancelled(integer(json, "task"), integer(json, "attempt"));
      case "inputs-lost" -> new InputsLost(integer(json, "task"), producers(json));
      case "cancel-requested" -> new CancelRequested(JsonBoolean.TRUE.equals(json.get("force")));
      case "reopened" -> new RunReopened(text(json, "by"));
      case "finished" -> new RunFinished(RunStatus.ofLabel(text(json, "status")));
      default -> throw new IllegalArgumentException("no fact: " + text(json, "type"));
    };
  }

  private static List<Integer> producers(JsonObject json) {
    return ((JsonArray) member(json, "producers"))
        .elements().stream().map(element -> (int) ((JsonNumber) element).asLong()).toList();
  }

  private static List<String> outputs(JsonObject json) {
    return ((JsonArray) member(json, "outputs"))
        .elements().stream().map(element -> ((JsonString) element).value()).toList();
  }

  private static ActionKey key(JsonObject json) {
    return new ActionKey(digest((JsonObject) member(json, "key")));
  }

  private static Digest digest(JsonObject json) {
    return Digest.parse(text(json, "digest"), number(json, "size"));
  }

  private static Failure failure(JsonObject json) {
    JsonObject failure = (JsonObject) member(json, "failure");
    return new Failure(
        FailureKind.ofLabel(text(failure, "kind")),
        text(failure, "message"),
        integer(failure, "exitCode"),
        digest((JsonObject) member(failure, "stdout")),
        digest((JsonObject) member(failure, "stderr")));
  }

  private static JsonValue member(JsonObject json, String name) {
    JsonValue member = json.get(name);
    if (member == null) {
      throw new IllegalArgumentException("a fact without " + name);
    }
    return member;
  }

  private static String text(JsonObject json, String name) {
    return ((JsonString) member(json, name)).value();
  }

  private static long number(JsonObject json, String name) {
    return ((JsonNumber) member(json, name)).asLong();
  }

  private static int integer(JsonObject json, String name) {
    return (int) number(json, name);
  }
}

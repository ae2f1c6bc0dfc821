package dev.millrace.cli;

import dev.millrace.cache.ActionResult;
import dev.millrace.cache.Explanation;
import dev.millrace.cache.Explanation.Change;
import dev.millrace.run.RunEvent;
import dev.millrace.run.TaskStatus;
import dev.millrace.wire.TaskJson;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is said of tasks, on one line. */
final class TaskText {
  private static final int CHANGES = 4;

  private TaskText() {}

  /** Returns how a task stands, in a word or two. */
  static String status(TaskStatus status) {
    return TaskJson.status(status);
  }

  /** Returns what else there is to say of how it stands; empty if nothing. */
  static String note(TaskStatus status) {
    return switch (status) {
      case TaskStatus.Failed(var failure) -> failure.message();
      case TaskStatus.Backoff(var failure, _) -> failure.message();
      case TaskStatus.Held _ -> "waits for approval";
      case TaskStatus.Skipped(var cause) -> PlainDisplay.reason(cause);
      case TaskStatus.Waiting _,
          TaskStatus.Ready _,
          TaskStatus.Queued _,
          TaskStatus.Running _,
          TaskStatus.Succeeded _,
          TaskStatus.Cancelled _,
          TaskStatus.Retired _ ->
          "";
    };
  }

  /** Returns why a task ran or was not run again, as the end of a sentence that its name begins. */
  static String why(@Nullable Explanation why) {
    return switch (why) {
      case null -> "was never looked up";
      case Explanation.Hit(var producer) -> "came from the cache: made by " + maker(producer);
      case Explanation.FirstTime _ -> "ran: the first time";
      case Explanation.Changed(_, var changes) -> "ran: changed: " + fields(changes);
      case Explanation.Incomplete(_, var missing) ->
          "ran: "
              + Amounts.count(missing.size(), "blob", "blobs")
              + " of its recorded result are gone from the store";
      case Explanation.Dropped _ -> "ran: its recorded result was dropped from the cache";
      case Explanation.Off _ -> "ran: its cache is off";
      case Explanation.Refresh _ -> "ran: it was asked to run again";
      case Explanation.Verify(var recorded) -> "ran: to verify the result of " + maker(recorded);
    };
  }

  /** Returns how a result differs from the recorded one, after the name of the task. */
  static String differs(RunEvent.ResultDiffered fact) {
    return "is not deterministic: "
        + String.join(", ", fact.outputs())
        + (fact.outputs().size() == 1 ? " differs" : " differ")
        + " from the result of "
        + maker(fact.recorded());
  }

  /** Returns which attempt made a result. */
  static String maker(ActionResult.Producer producer) {
    return "run " + producer.run() + " (" + producer.task() + ")";
  }

  private static String fields(List<Change> changes) {
    List<String> fields = new ArrayList<>();
    for (Change change : changes.subList(0, Math.min(CHANGES, changes.size()))) {
      fields.add(change.field());
    }
    String more = changes.size() > CHANGES ? " and " + (changes.size() - CHANGES) + " more" : "";
    return String.join(", ", fields) + more;
  }
}

package dev.millrace.runtime;

import dev.millrace.cache.ActionCache;
import dev.millrace.cache.ActionResult;
import dev.millrace.dispatch.AttemptReport;
import dev.millrace.dispatch.PreparedTask;
import dev.millrace.pipeline.CacheSpec;
import dev.millrace.run.RunWish;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Records the results of attempts, and compares them with recorded ones where that was asked for.
 *
 * <p>A record's commit is not waited for: the fact that the attempt succeeded goes through the same
 * group commit after it, so the record is durable before the fact is.
 *
 * <p>A result that differs from the recorded one is kept beside it. Which of the two is found from
 * then on is what was asked for: a refresh replaces, a verification does not, nor does a result
 * that came second because the action ran twice. Either way the difference is reported.
 */
final class ResultRecorder {
  private final ActionCache cache;
  private final boolean shared;

  /**
   * @param shared whether others record results at the same time. Then an equal action may have run
   *     elsewhere after a message or a placement loop was lost, and each result is compared with
   *     what is there; where all attempts are placed by one loop in the same process, none can.
   */
  ResultRecorder(ActionCache cache, boolean shared) {
    this.cache = cache;
    this.shared = shared;
  }

  /** Records the result of an attempt; returns what there is to report of it. */
  AttemptReport record(PreparedTask task, ActionResult result) {
    PreparedTask.Comparison compared = comparison(task, result);
    if (compared == null) {
      put(task, result);
      return new AttemptReport.Done(result, null);
    }
    RunWish.Difference difference = difference(compared.recorded(), result);
    if (!compared.verifies()) {
      put(task, result);
      return new AttemptReport.Done(result, difference);
    }
    if (difference != null) {
      put(task, result);
      put(task, compared.recorded());
    }
    return new AttemptReport.Done(compared.recorded(), difference);
  }

  private PreparedTask.@Nullable Comparison comparison(PreparedTask task, ActionResult result) {
    if (!shared || task.compared() != null || task.mode() == CacheSpec.Mode.OFF) {
      return task.compared();
    }
    ActionResult other = cache.lookup(List.of(task.key())).get(task.key());
    return other == null || other.outputs().equals(result.outputs())
        ? null
        : new PreparedTask.Comparison(other, true);
  }

  private void put(PreparedTask task, ActionResult result) {
    if (task.mode() != CacheSpec.Mode.OFF) {
      var _ = cache.put(task.key(), task.action(), task.subject(), result);
    }
  }

  private static RunWish.@Nullable Difference difference(
      ActionResult recorded, ActionResult result) {
    TreeSet<String> names = new TreeSet<>(recorded.outputs().keySet());
    names.addAll(result.outputs().keySet());
    List<String> different = new ArrayList<>(0);
    for (String name : names) {
      if (!Objects.equals(recorded.outputs().get(name), result.outputs().get(name))) {
        different.add(name);
      }
    }
    return different.isEmpty() ? null : new RunWish.Difference(recorded.producer(), different);
  }
}

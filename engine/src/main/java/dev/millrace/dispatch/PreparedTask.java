package dev.millrace.dispatch;

import dev.millrace.cache.Action;
import dev.millrace.cache.ActionKey;
import dev.millrace.cache.ActionResult;
import dev.millrace.executor.ContainerRequest;
import dev.millrace.pipeline.CacheSpec;
import dev.millrace.pipeline.OutputSpec;
import dev.millrace.schedule.Demand;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A task that has to run, with all that an attempt needs.
 *
 * @param run id of the run
 * @param task its number in the run
 * @param name of the task, such as {@code train[depth=4]}
 * @param step id of its step
 * @param subject under which its action is recorded
 * @param action what is run, on what
 * @param mode how results are recorded
 * @param outputs as declared
 * @param secrets names of secrets by the variable that receives them
 * @param container to run in, or null
 * @param timeout of an attempt, or null
 * @param demand what it needs of a worker
 * @param priority higher first
 * @param compared the recorded result that this task's is compared with, and what the comparison is
 *     for; null where there is none
 * @param weight the longest time in milliseconds from its start to the end of the run, as far as is
 *     known
 */
public record PreparedTask(
    String run,
    int task,
    String name,
    String step,
    String subject,
    ActionKey key,
    Action action,
    CacheSpec.Mode mode,
    List<OutputSpec> outputs,
    Map<String, String> secrets,
    @Nullable ContainerRequest container,
    @Nullable Duration timeout,
    Demand demand,
    int priority,
    double weight,
    @Nullable Comparison compared) {

  /**
   * Why a task runs though there is a result.
   *
   * @param recorded the newest result of an equal action
   * @param verifies whether the recorded result stays the one that counts; otherwise the new one
   *     takes its place
   */
  public record Comparison(ActionResult recorded, boolean verifies) {}

  /** Returns this task, run though there is a result. */
  public PreparedTask comparedWith(Comparison comparison) {
    return new PreparedTask(
        run,
        task,
        name,
        step,
        subject,
        key,
        action,
        mode,
        outputs,
        secrets,
        container,
        timeout,
        demand,
        priority,
        weight,
        comparison);
  }

  /** Returns whether an equal action in flight may stand for this one. */
  public boolean mergeable() {
    return mode != CacheSpec.Mode.OFF && (compared == null || !compared.verifies());
  }
}

package dev.millrace.runtime;

import dev.millrace.json.JsonArray;
import dev.millrace.pipeline.Retry;
import dev.millrace.pipeline.TriggerRule;
import dev.millrace.plan.Edge;
import dev.millrace.plan.Evaluated;
import dev.millrace.plan.Fan;
import dev.millrace.plan.Instance;
import dev.millrace.plan.Plan;
import dev.millrace.plan.PlannedStep;
import dev.millrace.plan.Values;
import dev.millrace.run.FailureKind;
import dev.millrace.run.RetryPolicy;
import dev.millrace.run.RunState;
import dev.millrace.run.StepNode;
import dev.millrace.run.StepNode.Link;
import dev.millrace.run.Trigger;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Brings a plan and the state of a run of it together: which tasks there are, and their names. */
final class RunPlan {
  private final Plan plan;
  private final Map<Integer, Fan.Fixed> expanded = new HashMap<>();

  RunPlan(Plan plan) {
    this.plan = plan;
  }

  Plan plan() {
    return plan;
  }

  PlannedStep step(int index) {
    return plan.step(index);
  }

  /** Returns what the run machine needs to know of the steps. */
  List<StepNode> nodes() {
    List<StepNode> nodes = new ArrayList<>(plan.steps().size());
    for (PlannedStep step : plan.steps()) {
      nodes.add(node(step));
    }
    return nodes;
  }

  private StepNode node(PlannedStep step) {
    List<Link> links = new ArrayList<>(step.upstream().size());
    for (Edge edge : step.upstream()) {
      links.add(new Link(edge.step(), edge.oneToOne()));
    }
    Fan.Fixed fixed = plan.tasks(step.index());
    Trigger trigger =
        switch (step.step().on()) {
          case SUCCESS -> Trigger.SUCCESS;
          case FAILURE -> Trigger.FAILURE;
          case ALWAYS -> Trigger.ALWAYS;
        };
    return new StepNode(
        fixed == null ? StepNode.AT_RUN_TIME : fixed.size(),
        step.fan() instanceof Fan.AtRunTime list ? list.step() : -1,
        step.fan() instanceof Fan.LikeStep like ? like.step() : -1,
        links,
        trigger,
        retry(step.step().retry()));
  }

  private static RetryPolicy retry(Retry retry) {
    Set<FailureKind> on = EnumSet.noneOf(FailureKind.class);
    for (Retry.Cause cause : retry.on()) {
      on.add(
          switch (cause) {
            case FAILURE -> FailureKind.USER;
            case TIMEOUT -> FailureKind.TIMEOUT;
            case OOM -> FailureKind.OOM;
            case LOST -> FailureKind.LOST;
          });
    }
    return new RetryPolicy(
        retry.attempts(),
        retry.delay().toMillis(),
        retry.factor(),
        retry.maxDelay().toMillis(),
        on);
  }

  /** Returns whether a step has one task, whatever the run brings. */
  boolean isSingle(int step) {
    return plan.step(step).fan() instanceof Fan.One;
  }

  /** Returns whether a step runs also when the run was cancelled. */
  boolean runsAlways(int step) {
    return plan.step(step).step().on() == TriggerRule.ALWAYS;
  }

  /** Returns what makes a task different from others of its step. */
  Instance instance(RunState state, int task) {
    int step = state.stepOf(task);
    if (state.listMissing(step)) {
      return Instance.ONLY;
    }
    Fan.Fixed tasks = plan.tasks(step);
    return (tasks != null ? tasks : tasksOfList(state, step)).instance(state.indexInStep(task));
  }

  /** Returns the name of a task, such as {@code train[depth=4]}. */
  String taskName(RunState state, int task) {
    return plan.step(state.stepOf(task)).taskName(instance(state, task));
  }

  /** The view of a run and its driver are used by different threads. */
  private synchronized Fan.Fixed tasksOfList(RunState state, int step) {
    int root = plan.step(step).fan() instanceof Fan.LikeStep like ? like.root() : step;
    Fan.@Nullable Fixed known = expanded.get(root);
    if (known == null) {
      JsonArray items = state.items(root);
      known =
          switch (Values.of(items == null ? JsonArray.EMPTY : items)) {
            case Evaluated.Value<Values>(var values) -> values;
            case Evaluated.Failed<Values>(var message) -> throw new IllegalStateException(message);
          };
      expanded.put(root, known);
    }
    return known;
  }
}

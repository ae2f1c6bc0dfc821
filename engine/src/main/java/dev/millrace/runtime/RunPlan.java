package dev.millrace.runtime;

import dev.millrace.journal.StepDurations;
import dev.millrace.json.JsonArray;
import dev.millrace.pipeline.PipelineOutput;
import dev.millrace.pipeline.Retry;
import dev.millrace.plan.Edge;
import dev.millrace.plan.Evaluated;
import dev.millrace.plan.Fan;
import dev.millrace.plan.Instance;
import dev.millrace.plan.Plan;
import dev.millrace.plan.PlannedInput;
import dev.millrace.plan.PlannedStep;
import dev.millrace.plan.Values;
import dev.millrace.run.FailureKind;
import dev.millrace.run.RetryPolicy;
import dev.millrace.run.RunState;
import dev.millrace.run.StepNode;
import dev.millrace.run.StepNode.Link;
import dev.millrace.run.TaskStatus;
import dev.millrace.run.Trigger;
import dev.millrace.schedule.CriticalPath;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntToDoubleFunction;

/** Brings a plan and the state of a run of it together: which tasks there are, and their names. */
final class RunPlan {
  private final Plan plan;
  private final Map<Integer, Expanded> expanded = new HashMap<>();

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
    BitSet read = readSteps();
    List<StepNode> nodes = new ArrayList<>(plan.steps().size());
    for (PlannedStep step : plan.steps()) {
      nodes.add(node(step, read.get(step.index())));
    }
    return nodes;
  }

  /** Returns the steps whose results are read by others, or are outputs of the pipeline. */
  private BitSet readSteps() {
    BitSet read = new BitSet();
    for (PlannedStep step : plan.steps()) {
      for (PlannedInput input : step.inputs()) {
        switch (input.source()) {
          case PlannedInput.OneTask(int from, _, _) -> read.set(from);
          case PlannedInput.AllTasks(int from, _) -> read.set(from);
          case PlannedInput.UserPath _, PlannedInput.Text _, PlannedInput.Stored _ -> {}
        }
      }
      step.reads().forEach(one -> read.set(one.step()));
      if (step.fan() instanceof Fan.AtRunTime list) {
        read.set(list.step());
      }
    }
    for (PipelineOutput output : plan.pipeline().outputs().values()) {
      read.set(plan.indexOf(output.step()));
    }
    return read;
  }

  private StepNode node(PlannedStep step, boolean read) {
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
        retry(step.step().retry()),
        step.step().approval(),
        read);
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

  /**
   * Returns for each step the longest time in milliseconds from the start of one of its tasks to
   * the end of a run, as far as is known.
   *
   * @param durations of earlier runs
   * @param slots how many tasks run at once
   */
  IntToDoubleFunction weights(StepDurations durations, double slots) {
    Map<String, Long> averageMillis = durations.averageMillis(plan.pipeline().name());
    int n = plan.steps().size();
    int[][] downstream = new int[n][];
    int[] tasks = new int[n];
    double[] average = new double[n];
    for (PlannedStep step : plan.steps()) {
      int index = step.index();
      downstream[index] = step.downstream().stream().mapToInt(Edge::step).toArray();
      Fan.Fixed fixed = plan.tasks(index);
      tasks[index] = fixed == null ? StepNode.AT_RUN_TIME : fixed.size();
      Long known = averageMillis.get(step.step().id());
      average[index] = known == null ? Double.NaN : known;
    }
    double[] weights = CriticalPath.remaining(downstream, tasks, average, Math.max(1, slots));
    return step -> weights[step];
  }

  /** Returns whether a step has one task, whatever the run brings. */
  boolean isSingle(int step) {
    return plan.step(step).fan() instanceof Fan.One;
  }

  /** Returns what makes a task different from others of its step. */
  Instance instance(RunState state, int task) {
    int step = state.stepOf(task);
    if (state.listMissing(step) || state.status(task) instanceof TaskStatus.Retired) {
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
    int first = state.firstTask(root);
    Expanded known = expanded.get(root);
    if (known == null || known.first != first || known.tasks.size() != state.size(root)) {
      JsonArray items = state.items(root);
      known = new Expanded(first, tasks(items == null ? JsonArray.EMPTY : items));
      expanded.put(root, known);
    }
    return known.tasks;
  }

  private static Fan.Fixed tasks(JsonArray items) {
    return switch (Values.of(items)) {
      case Evaluated.Value<Values>(var values) -> values;
      case Evaluated.Failed<Values>(var message) -> throw new IllegalStateException(message);
    };
  }

  /** The tasks of a list and their first number; a reopened run may give them new ones. */
  private record Expanded(int first, Fan.Fixed tasks) {}
}

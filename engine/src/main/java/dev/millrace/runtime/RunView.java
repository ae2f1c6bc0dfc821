package dev.millrace.runtime;

import dev.millrace.journal.RunRecord.Summary;
import dev.millrace.json.CanonicalWriter;
import dev.millrace.plan.Instance;
import dev.millrace.plan.Plan;
import dev.millrace.run.RunState;
import dev.millrace.run.RunStatus;
import dev.millrace.run.TaskPhase;
import dev.millrace.run.TaskStatus;
import java.time.Instant;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** A run as others may see it. Not safe for use by several threads. */
public final class RunView {
  private final String id;
  private final RunPlan plan;
  private final RunState state;

  RunView(String id, RunPlan plan, RunState state) {
    this.id = id;
    this.plan = plan;
    this.state = state;
  }

  /** Returns the run's id. */
  public String id() {
    return id;
  }

  /** Returns the plan. */
  public Plan plan() {
    return plan.plan();
  }

  /** Returns how the run stands. */
  public RunStatus status() {
    return state.runStatus();
  }

  /** Returns the number of tasks known so far: more may come from lists made in the run. */
  public int tasks() {
    return state.liveTasks();
  }

  /**
   * Returns the numbers of the tasks known so far, ascending. There are gaps where a run was taken
   * up again that had to read a list anew.
   */
  public int[] taskNumbers() {
    return IntStream.range(0, state.tasks())
        .filter(task -> state.status(task).phase() != TaskPhase.RETIRED)
        .toArray();
  }

  /** Returns whether more tasks may become known. */
  public boolean isOpen() {
    return state.isOpen();
  }

  /** Returns the name of a task, such as {@code train[depth=4]}. */
  public String taskName(int task) {
    return plan.taskName(state, task);
  }

  /** Returns what makes a task different from others of its step. */
  public Instance instance(int task) {
    return plan.instance(state, task);
  }

  /** Returns the step of a task. */
  public int stepOf(int task) {
    return state.stepOf(task);
  }

  /** Returns how a task stands. */
  public TaskStatus taskStatus(int task) {
    return state.status(task);
  }

  /** Returns the number of a task's newest attempt, 0 before the first. */
  public int attempts(int task) {
    return state.attempts(task);
  }

  /** Returns the number of tasks in a phase. */
  public int count(TaskPhase phase) {
    return state.count(phase);
  }

  /** Returns the number of tasks whose result was recorded before. */
  public int cached() {
    return state.cached();
  }

  /**
   * Returns the number of attempts that left another result than the one recorded for an equal
   * action.
   */
  public int differed() {
    return state.differed();
  }

  /** Returns the task of that name. Looks at the tasks of one step. */
  public OptionalInt findTask(String name) {
    int bracket = name.indexOf('[');
    int step = plan.plan().indexOf(bracket < 0 ? name : name.substring(0, bracket));
    if (step < 0 || !state.expanded(step)) {
      return OptionalInt.empty();
    }
    int first = state.firstTask(step);
    for (int task = first; task < first + state.size(step); task++) {
      if (taskName(task).equals(name)) {
        return OptionalInt.of(task);
      }
    }
    return OptionalInt.empty();
  }

  /**
   * Returns what is listed of the run.
   *
   * @param now when it ended, if it has
   */
  Summary summary(Instant now) {
    return new Summary(status().label(), countsJson(), status() == RunStatus.RUNNING ? null : now);
  }

  /** Returns the number of tasks by phase as a JSON object, {@code cached} among them. */
  private String countsJson() {
    TreeMap<String, Integer> counts = new TreeMap<>();
    for (TaskPhase phase : TaskPhase.values()) {
      if (count(phase) > 0 && phase != TaskPhase.RETIRED) {
        counts.put(phase.label(), count(phase));
      }
    }
    counts.put("cached", cached());
    CanonicalWriter json = new CanonicalWriter().beginObject();
    counts.forEach((name, count) -> json.name(name).value((long) count));
    return json.endObject().toText();
  }
}

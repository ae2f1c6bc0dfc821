package dev.millrace.simulation.invariant;

import dev.millrace.plan.Plan;
import dev.millrace.run.RunEvent;
import dev.millrace.run.RunMachine;
import dev.millrace.run.RunState;
import dev.millrace.run.StepNode;
import dev.millrace.run.TaskPhase;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** What the database has, and what the facts in it come to: read by the rules, changed by none. */
public final class Durable {
  private final Map<String, Run> runs = new TreeMap<>();

  /** A run by its facts alone. */
  public static final class Run {
    private final Plan plan;
    private final RunMachine machine;
    private final List<String> texts = new ArrayList<>();
    private final List<RunEvent> facts = new ArrayList<>();
    private final BitSet settled = new BitSet();
    private TaskPhase[] phases = new TaskPhase[0];

    Run(Plan plan, List<StepNode> nodes) {
      this.plan = plan;
      machine = new RunMachine(nodes);
    }

    /** Returns its plan. */
    public Plan plan() {
      return plan;
    }

    /** Returns how it stands. */
    public RunState state() {
      return machine.state();
    }

    /** Returns how many facts it has. */
    public long size() {
      return texts.size();
    }

    /** Returns the text of a fact, from 1, or null where there is none. */
    public @Nullable String text(long sequence) {
      return sequence >= 1 && sequence <= texts.size() ? texts.get((int) sequence - 1) : null;
    }

    /** Returns a fact, from 1, or null where there is none. */
    public @Nullable RunEvent fact(long sequence) {
      return sequence >= 1 && sequence <= facts.size() ? facts.get((int) sequence - 1) : null;
    }

    /** Returns the facts in order. */
    public List<RunEvent> facts() {
      return facts;
    }

    /** Returns whether the task has ended at some time since the run was last reopened. */
    public boolean hasSettled(int task) {
      return settled.get(task);
    }

    private void apply(RunEvent fact, String text, BiConsumer<TaskPhase, TaskPhase> changed) {
      machine.apply(fact);
      machine.takeTodo();
      texts.add(text);
      facts.add(fact);
      TaskPhase[] now = new TaskPhase[state().tasks()];
      if (fact instanceof RunEvent.RunReopened) {
        settled.clear();
      }
      for (int task = 0; task < now.length; task++) {
        now[task] = state().status(task).phase();
        TaskPhase before = task < phases.length ? phases[task] : TaskPhase.WAITING;
        if (before != now[task]) {
          changed.accept(before, now[task]);
        }
        if (now[task].settled()) {
          settled.set(task);
        }
      }
      phases = now;
    }
  }

  /** Makes a run known that may come to have facts. */
  public void expect(String run, Plan plan, List<StepNode> nodes) {
    runs.put(run, new Run(plan, nodes));
  }

  /** Returns a run. */
  public Run run(String id) {
    Run run = runs.get(id);
    if (run == null) {
      throw new IllegalArgumentException("there is no run " + id);
    }
    return run;
  }

  /** Returns the ids of all runs that have facts, in order. */
  public List<String> ids() {
    return runs.entrySet().stream()
        .filter(run -> run.getValue().size() > 0)
        .map(Map.Entry::getKey)
        .toList();
  }

  /**
   * Takes a fact up.
   *
   * @param changed told of each task that went from one phase to another
   * @throws Violation if it does not fit those before it
   */
  public void add(Happening.Committed fact, BiConsumer<TaskPhase, TaskPhase> changed) {
    try {
      run(fact.run()).apply(fact.fact(), fact.text(), changed);
    } catch (RuntimeException e) {
      throw new Violation("EveryFactCanBeReplayed", fact + ": " + e);
    }
  }
}

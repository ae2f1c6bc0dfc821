package dev.millrace.run;

import dev.millrace.json.JsonArray;
import dev.millrace.run.RunEvent.InputsLost;
import dev.millrace.run.StepNode.Link;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The state of one run, changed by facts only.
 *
 * <p>Tasks are numbered in the order in which their steps were expanded. There are no edges between
 * tasks: a task counts the links of its step that are not yet settled, a barrier being one link
 * however many tasks are behind it. So a task that waits costs a few array cells, and finishing one
 * costs its step's links and, for the last one of a step, the tasks right below.
 */
public final class RunState {
  private static final int INITIAL_TASKS = 64;

  private final StepTable steps;
  private TaskStatus[] status = new TaskStatus[INITIAL_TASKS];
  private int[] stepOf = new int[INITIAL_TASKS];
  private int[] waiting = new int[INITIAL_TASKS];
  private byte[] upstream = new byte[INITIAL_TASKS];
  private short[] attempts = new short[INITIAL_TASKS];
  private short[] lost = new short[INITIAL_TASKS];
  private int tasks;
  private int unsettled;

  /** Tasks whose lost results are made again, with the tasks that wait for each. */
  private final Map<Integer, IntList> remaking = new HashMap<>();

  private Todo todo = new Todo();

  /** Waiting tasks whose upstream is settled but does not let them run: to be skipped by a fact. */
  private final IntList unwanted = new IntList();

  /** Steps whose list will never be there: to be expanded to their one stand-in by a fact. */
  private final IntList unlisted = new IntList();

  /** Tasks that end with the cancelled run; a worklist, because chains can be long. */
  private final IntList doomed = new IntList();

  private final PhaseCounts counts = new PhaseCounts();
  private boolean cancelRequested;
  private boolean cancelForced;
  private RunStatus runStatus = RunStatus.RUNNING;

  RunState(List<StepNode> nodes) {
    steps = new StepTable(nodes);
  }

  // ---- what others may see ----

  /** Returns the number of tasks known so far. */
  public int tasks() {
    return tasks;
  }

  /** Returns whether more tasks may become known. */
  public boolean isOpen() {
    return steps.unexpanded > 0;
  }

  /** Returns how a task stands. */
  public TaskStatus status(int task) {
    return status[task];
  }

  /** Returns the step of a task. */
  public int stepOf(int task) {
    return stepOf[task];
  }

  /** Returns the position of a task among its step's. */
  public int indexInStep(int task) {
    return task - steps.first[stepOf[task]];
  }

  /** Returns whether the tasks of a step are known. */
  public boolean expanded(int step) {
    return steps.expanded(step);
  }

  /** Returns the number of a step's tasks, or {@link StepNode#AT_RUN_TIME} while not known. */
  public int size(int step) {
    return steps.count[step];
  }

  /** Returns the first task of an expanded step. */
  public int firstTask(int step) {
    return steps.first[step];
  }

  /** Returns the items of a step that was expanded by a list, or null. */
  public @Nullable JsonArray items(int step) {
    return steps.items[step];
  }

  /** Returns whether the step stands for a list that could not be had: one task, never run. */
  public boolean listMissing(int step) {
    return steps.listMissing[step];
  }

  /** Returns the number of the task's newest attempt, 0 before the first. */
  public int attempts(int task) {
    return attempts[task];
  }

  /** Returns how many attempts ended by no fault of the task. */
  int lostAttempts(int task) {
    return lost[task];
  }

  /** Returns the number of tasks in a phase. */
  public int count(TaskPhase phase) {
    return counts.of(phase);
  }

  /** Returns the number of tasks whose result was recorded before. */
  public int cached() {
    return counts.cached();
  }

  /** Returns how the run stands. */
  public RunStatus runStatus() {
    return runStatus;
  }

  /** Returns whether the run's end was asked for. */
  public boolean cancelRequested() {
    return cancelRequested;
  }

  /** Returns whether every task there is or will be has ended. */
  boolean allSettled() {
    return unsettled == 0 && steps.unexpanded == 0;
  }

  /** Returns whether a lost result of the task is being made again. */
  boolean isRemade(int task) {
    return remaking.containsKey(task);
  }

  StepTable steps() {
    return steps;
  }

  IntList unwanted() {
    return unwanted;
  }

  IntList unlisted() {
    return unlisted;
  }

  /** Returns what there is to do, and forgets it. */
  Todo takeTodo() {
    Todo taken = todo;
    todo = new Todo();
    return taken;
  }

  Todo todo() {
    return todo;
  }

  // ---- changes ----

  /** Makes the tasks known of all steps whose number is fixed. */
  void expandFixed() {
    for (int step = 0; step < steps.nodes.size(); step++) {
      int size = steps.nodes.get(step).size();
      if (size != StepNode.AT_RUN_TIME) {
        expand(step, size, null, false);
      }
    }
  }

  /** Finds again what is not durable: lists to read, and waiting tasks that must not run. */
  void findOpenLists() {
    for (int step = 0; step < steps.nodes.size(); step++) {
      int source = steps.nodes.get(step).listFrom();
      if (source >= 0 && !steps.expanded(step) && steps.settled(source)) {
        (Upstream.ofStep(steps, source) == 0 ? todo.expand() : unlisted).add(step);
      }
    }
    for (int task = 0; task < tasks; task++) {
      if (waits(task) && waiting[task] == 0) {
        unwanted.add(task);
      }
    }
  }

  /** Makes the tasks of a step known, and those of the steps that are like it. */
  void expand(int step, int size, @Nullable JsonArray items, boolean missing) {
    steps.first[step] = tasks;
    steps.count[step] = size;
    steps.unsettled[step] = size;
    steps.items[step] = items;
    steps.listMissing[step] = missing;
    steps.unexpanded--;
    grow(tasks + size);
    Arrays.fill(stepOf, tasks, tasks + size, step);
    Arrays.fill(status, tasks, tasks + size, TaskStatus.WAITING);
    int from = tasks;
    tasks += size;
    unsettled += size;
    counts.waiting(size);
    for (int task = from; task < from + size; task++) {
      countLinks(task, step);
    }
    for (int task = from; task < from + size; task++) {
      if (waiting[task] == 0 && waits(task)) {
        upstreamSettled(task);
      }
    }
    if (size == 0) {
      stepSettled(step);
    }
    for (int alike : steps.alikeBelow[step]) {
      expand(alike, size, null, missing);
    }
  }

  private boolean waits(int task) {
    return status[task] instanceof TaskStatus.Waiting;
  }

  private void countLinks(int task, int step) {
    List<Link> links = steps.nodes.get(step).upstream();
    for (int i = 0; i < links.size(); i++) {
      Link link = links.get(i);
      if (!link.joined()) {
        if (steps.settled(link.step())) {
          upstream[task] |= Upstream.ofStep(steps, link.step());
        } else {
          waiting[task]++;
        }
        continue;
      }
      TaskStatus joined = status[steps.first[link.step()] + indexInStep(task)];
      if (joined.phase().settled()) {
        upstream[task] |= Upstream.ofTask(joined);
      } else {
        waiting[task]++;
      }
    }
  }

  private void grow(int needed) {
    if (needed <= status.length) {
      return;
    }
    int capacity = Math.max(needed, 2 * status.length);
    status = Arrays.copyOf(status, capacity);
    stepOf = Arrays.copyOf(stepOf, capacity);
    waiting = Arrays.copyOf(waiting, capacity);
    upstream = Arrays.copyOf(upstream, capacity);
    attempts = Arrays.copyOf(attempts, capacity);
    lost = Arrays.copyOf(lost, capacity);
  }

  /** The one gate of a task's status. */
  void change(int task, TaskStatus next) {
    TaskPhase from = status[task].phase();
    if (!from.next().contains(next.phase())) {
      throw new IllegalStateException(
          "task " + task + " cannot go from " + from.label() + " to " + next.phase().label());
    }
    counts.change(status[task], next);
    status[task] = next;
    switch (next) {
      case TaskStatus.Ready _ -> todo.prepare().add(task);
      case TaskStatus.Backoff _ -> todo.wake().add(task);
      case TaskStatus.Running running -> attempts[task] = (short) running.attempt();
      case TaskStatus.Waiting _, TaskStatus.Queued _ -> {}
      case TaskStatus.Succeeded _,
          TaskStatus.Failed _,
          TaskStatus.Skipped _,
          TaskStatus.Cancelled _ ->
          settled(task);
    }
  }

  void countLost(int task) {
    lost[task]++;
  }

  private void settled(int task) {
    int step = stepOf[task];
    TaskStatus now = status[task];
    steps.count(step, now);
    unsettled--;
    IntList waiters = remaking.remove(task);
    if (waiters != null) {
      for (int i = 0; i < waiters.size(); i++) {
        settleLink(waiters.get(i), Upstream.ofTask(now));
      }
      return;
    }
    int index = task - steps.first[step];
    for (int below : steps.joinedBelow[step]) {
      if (steps.expanded(below)) {
        settleLink(steps.first[below] + index, Upstream.ofTask(now));
      }
    }
    if (--steps.unsettled[step] == 0) {
      stepSettled(step);
    }
  }

  private void stepSettled(int step) {
    byte bits = Upstream.ofStep(steps, step);
    for (int below : steps.barrierBelow[step]) {
      if (steps.nodes.get(below).listFrom() == step && !steps.expanded(below)) {
        (bits == 0 ? todo.expand() : unlisted).add(below);
      }
      if (steps.expanded(below)) {
        settleLinks(below, bits);
      }
    }
  }

  private void settleLinks(int step, byte bits) {
    int end = steps.first[step] + steps.count[step];
    for (int task = steps.first[step]; task < end; task++) {
      settleLink(task, bits);
    }
  }

  private void settleLink(int task, byte bits) {
    upstream[task] |= bits;
    if (--waiting[task] == 0 && waits(task)) {
      upstreamSettled(task);
    }
  }

  private void upstreamSettled(int task) {
    boolean always = steps.nodes.get(stepOf[task]).on() == Trigger.ALWAYS;
    if (cancelRequested && (cancelForced || !always)) {
      doomed.add(task);
    } else if (unwantedBecause(task) == null) {
      change(task, TaskStatus.READY);
    } else {
      unwanted.add(task);
    }
  }

  /** Returns why a task whose upstream is settled must not run, or null if it may. */
  @Nullable SkipCause unwantedBecause(int task) {
    byte bits = upstream[task];
    boolean failed = (bits & Upstream.FAILED) != 0;
    if (steps.listMissing[stepOf[task]]) {
      return failed ? SkipCause.UPSTREAM_FAILED : SkipCause.UPSTREAM_SKIPPED;
    }
    return switch (steps.nodes.get(stepOf[task]).on()) {
      case ALWAYS -> null;
      case FAILURE -> failed ? null : SkipCause.NOTHING_FAILED;
      case SUCCESS -> {
        if (failed) {
          yield SkipCause.UPSTREAM_FAILED;
        }
        yield (bits & (Upstream.SKIPPED | Upstream.CANCELLED)) != 0
            ? SkipCause.UPSTREAM_SKIPPED
            : null;
      }
    };
  }

  /** Sends a task back to wait for results that have to be made again. */
  void makeAgain(InputsLost fact) {
    int task = fact.task();
    change(task, TaskStatus.WAITING);
    waiting[task] = 0;
    for (int producer : fact.producers()) {
      if (status[producer] instanceof TaskStatus.Succeeded) {
        unsettled++;
        remaking.put(producer, new IntList());
        change(producer, TaskStatus.READY);
      }
      IntList waiters = remaking.get(producer);
      if (waiters != null) {
        waiters.add(task);
        waiting[task]++;
      }
    }
    if (waiting[task] == 0) {
      upstreamSettled(task);
    }
  }

  void requestCancel(boolean force) {
    cancelRequested = true;
    cancelForced |= force;
    for (int task = 0; task < tasks; task++) {
      boolean spared = !force && steps.nodes.get(stepOf[task]).on() == Trigger.ALWAYS;
      if (!spared) {
        cancel(task);
      }
    }
    for (int step = 0; step < steps.nodes.size(); step++) {
      if (!steps.expanded(step)) {
        expand(step, 1, null, true);
        cancel(steps.first[step]);
      }
    }
  }

  /** Ends the tasks that the cancelled run takes with it. Called after every fact. */
  void sweepDoomed() {
    while (!doomed.isEmpty()) {
      int task = doomed.removeLast();
      if (waits(task)) {
        change(task, TaskStatus.CANCELLED);
      }
    }
  }

  private void cancel(int task) {
    switch (status[task]) {
      case TaskStatus.Running _ -> todo.stop().add(task);
      case TaskStatus.Waiting _, TaskStatus.Ready _, TaskStatus.Queued _, TaskStatus.Backoff _ ->
          change(task, TaskStatus.CANCELLED);
      case TaskStatus.Succeeded _,
          TaskStatus.Failed _,
          TaskStatus.Skipped _,
          TaskStatus.Cancelled _ -> {}
    }
  }

  void finish(RunStatus end) {
    runStatus = end;
  }

  /** Returns how the run ends, given that every task has. */
  RunStatus outcome() {
    boolean failed = Arrays.stream(steps.failed).anyMatch(n -> n > 0);
    boolean cancelled = Arrays.stream(steps.cancelled).anyMatch(n -> n > 0);
    if (cancelRequested && cancelled) {
      return RunStatus.CANCELLED;
    }
    return failed ? RunStatus.FAILED : RunStatus.SUCCEEDED;
  }
}

package dev.millrace.run;

import dev.millrace.cache.ActionResult;
import dev.millrace.json.JsonArray;
import dev.millrace.run.RunEvent.InputsLost;
import org.jspecify.annotations.Nullable;

/** What facts do to the state of a run, and what is to be done or decided because of them. */
final class RunChanges {
  private final RunState state;
  private final StepTable steps;
  private final TaskTable table;
  private final Links links;
  private Todo todo = new Todo();

  /** Waiting tasks whose upstream is settled but does not let them run: to be skipped by a fact. */
  private final IntList unwanted = new IntList();

  /** Steps whose list will never be there: to be expanded to their one stand-in by a fact. */
  private final IntList unlisted = new IntList();

  /** Tasks that end with the cancelled run; a worklist, because chains can be long. */
  private final IntList doomed = new IntList();

  RunChanges(RunState state) {
    this.state = state;
    steps = state.steps;
    table = state.table;
    links = new Links(steps, table, this::upstreamSettled, this::listSettled);
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

  // ---- tasks become known ----

  /** Makes the tasks known of all steps whose number is fixed. */
  void expandFixed() {
    int fixed = 0;
    for (StepNode node : steps.nodes) {
      fixed += Math.max(0, node.size());
    }
    table.reserve(fixed);
    for (int step = 0; step < steps.nodes.size(); step++) {
      int size = steps.nodes.get(step).size();
      if (size != StepNode.AT_RUN_TIME) {
        expand(step, size, null, false);
      }
    }
  }

  /**
   * Makes the tasks of a step known, and those of all steps that are like it: each after all that
   * it may be joined to, as it counts what it waits for.
   */
  void expand(int step, int size, @Nullable JsonArray items, boolean missing) {
    expandAlone(step, size, items, missing);
    for (int alike : steps.alikeBelow[step]) {
      expandAlone(alike, size, null, missing);
    }
  }

  private void expandAlone(int step, int size, @Nullable JsonArray items, boolean missing) {
    steps.first[step] = table.add(step, size);
    steps.count[step] = size;
    steps.unsettled[step] = size;
    steps.items[step] = items;
    steps.listMissing[step] = missing;
    steps.unexpanded--;
    state.unsettled += size;
    state.counts.waiting(size);
    links.stepExpanded(step);
  }

  /** Finds again what is not durable: lists to read, and waiting tasks that must not run. */
  void findOpenLists() {
    findSettledLists();
    for (int task = 0; task < table.size; task++) {
      if (table.waits(task) && links.settled(task)) {
        unwanted.add(task);
      }
    }
  }

  private void findSettledLists() {
    for (int step = 0; step < steps.nodes.size(); step++) {
      int source = steps.nodes.get(step).listFrom();
      if (source >= 0 && !steps.expanded(step) && steps.settled(source)) {
        listSettled(step);
      }
    }
  }

  private void listSettled(int step) {
    (steps.listIsThere(step) ? todo.expand() : unlisted).add(step);
  }

  // ---- tasks change ----

  /** The one gate of a task's status. */
  void change(int task, TaskStatus next) {
    TaskStatus now = table.status[task];
    TaskPhase from = now.phase();
    if (!PhaseTable.allows(from, next.phase())) {
      throw new IllegalStateException(
          "task " + task + " cannot go from " + from.label() + " to " + next.phase().label());
    }
    state.counts.change(now, next);
    table.status[task] = next;
    switch (next) {
      case TaskStatus.Ready _ -> todo.prepare().add(task);
      case TaskStatus.Backoff _ -> todo.wake().add(task);
      case TaskStatus.Running running -> table.attempts[task] = (short) running.attempt();
      case TaskStatus.Waiting _, TaskStatus.Held _, TaskStatus.Queued _, TaskStatus.Retired _ -> {}
      case TaskStatus.Succeeded _,
          TaskStatus.Failed _,
          TaskStatus.Skipped _,
          TaskStatus.Cancelled _ ->
          settled(task);
    }
  }

  void succeed(int task, ActionResult result, boolean cached) {
    boolean read = steps.nodes.get(table.step[task]).read();
    change(task, TaskStatus.Succeeded.of(result, cached, read));
  }

  private void settled(int task) {
    steps.count(table.step[task], table.status[task]);
    state.unsettled--;
    IntList waiters = state.remaking.remove(task);
    if (waiters == null) {
      links.taskSettled(task);
      return;
    }
    byte bits = Upstream.ofTask(table.status[task]);
    for (int i = 0; i < waiters.size(); i++) {
      links.settleOne(waiters.get(i), bits);
    }
  }

  private void upstreamSettled(int task) {
    boolean always = steps.nodes.get(table.step[task]).on() == Trigger.ALWAYS;
    if (state.cancelRequested && (state.cancelForced || !always)) {
      doomed.add(task);
    } else if (unwantedBecause(task) == null) {
      change(task, TaskStatus.READY);
    } else {
      unwanted.add(task);
    }
  }

  /** Returns why a task must not run; null if it may, or that is not known yet. */
  @Nullable SkipCause unwantedBecause(int task) {
    if (!links.settled(task)) {
      return null;
    }
    int step = table.step[task];
    byte bits = links.bits(task);
    boolean failed = (bits & Upstream.FAILED) != 0;
    if (steps.listMissing[step]) {
      return failed ? SkipCause.UPSTREAM_FAILED : SkipCause.UPSTREAM_SKIPPED;
    }
    return switch (steps.nodes.get(step).on()) {
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

  /** An approval stays valid for the task, whatever becomes of its attempts. */
  void approve(int task) {
    state.approved.set(task);
    change(task, TaskStatus.READY);
  }

  void countDifferent() {
    state.differed++;
  }

  /** Counts a failed attempt against the limits of its kind. */
  void countFailed(int task, FailureKind kind) {
    if (kind.blamesUser()) {
      table.blamed[task]++;
    } else {
      table.lost[task]++;
    }
  }

  /** Sends a task back to wait for results that have to be made again. */
  void makeAgain(InputsLost fact) {
    int task = fact.task();
    change(task, TaskStatus.WAITING);
    table.waiting[task] = 0;
    for (int producer : fact.producers()) {
      if (table.status[producer] instanceof TaskStatus.Succeeded) {
        state.unsettled++;
        state.remaking.add(producer);
        change(producer, TaskStatus.READY);
      }
      if (state.remaking.await(producer, task)) {
        table.waiting[task]++;
      } else {
        table.upstream[task] |= Upstream.ofTask(table.status[producer]);
      }
    }
    if (table.waiting[task] == 0) {
      upstreamSettled(task);
    }
  }

  // ---- the run ends, and is taken up again ----

  void requestCancel(boolean force) {
    state.cancelRequested = true;
    state.cancelForced |= force;
    for (int task = 0; task < table.size; task++) {
      boolean spared = !force && steps.nodes.get(table.step[task]).on() == Trigger.ALWAYS;
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
      if (table.waits(task)) {
        change(task, TaskStatus.CANCELLED);
      }
    }
  }

  private void cancel(int task) {
    switch (table.status[task]) {
      case TaskStatus.Running _ -> todo.stop().add(task);
      case TaskStatus.Waiting _,
          TaskStatus.Ready _,
          TaskStatus.Held _,
          TaskStatus.Queued _,
          TaskStatus.Backoff _ ->
          change(task, TaskStatus.CANCELLED);
      case TaskStatus.Succeeded _,
          TaskStatus.Failed _,
          TaskStatus.Skipped _,
          TaskStatus.Cancelled _,
          TaskStatus.Retired _ -> {}
    }
  }

  void finish(RunStatus end) {
    state.runStatus = end;
  }

  /** Takes the run up again after its end, by the rule of {@link RunEvent.RunReopened}. */
  void reopen() {
    state.runStatus = RunStatus.RUNNING;
    state.cancelRequested = false;
    state.cancelForced = false;
    todo = new Todo();
    unwanted.clear();
    unlisted.clear();
    Reopening.Found found = Reopening.find(steps, table);
    found.retiredSteps().stream().forEach(this::retire);
    found.tasks().stream().forEach(this::takeBack);
    steps.clearCounts();
    state.unsettled = 0;
    for (int task = 0; task < table.size; task++) {
      recount(task);
    }
    for (int step = 0; step < steps.nodes.size(); step++) {
      links.countBarriers(step);
    }
    found.tasks().stream().forEach(links::countJoined);
    found.tasks().stream().filter(links::settled).forEach(this::upstreamSettled);
    findSettledLists();
  }

  private void retire(int step) {
    int end = steps.first[step] + steps.count[step];
    for (int task = steps.first[step]; task < end; task++) {
      change(task, TaskStatus.RETIRED);
    }
    steps.retire(step);
  }

  private void takeBack(int task) {
    change(task, TaskStatus.WAITING);
    table.blamed[task] = 0;
    table.lost[task] = 0;
  }

  private void recount(int task) {
    TaskStatus status = table.status[task];
    if (status.phase().settled()) {
      steps.count(table.step[task], status);
    } else {
      steps.unsettled[table.step[task]]++;
      state.unsettled++;
    }
  }
}

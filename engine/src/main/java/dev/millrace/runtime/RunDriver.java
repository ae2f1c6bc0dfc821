package dev.millrace.runtime;

import dev.millrace.cache.Explanation;
import dev.millrace.content.Artifact;
import dev.millrace.digest.Digest;
import dev.millrace.journal.RunRecord.Summary;
import dev.millrace.run.Failure;
import dev.millrace.run.FailureKind;
import dev.millrace.run.IntList;
import dev.millrace.run.RunEvent;
import dev.millrace.run.RunMachine;
import dev.millrace.run.RunState;
import dev.millrace.run.RunStatus;
import dev.millrace.run.RunWish;
import dev.millrace.run.TaskStatus;
import dev.millrace.run.Todo;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;

/**
 * The one writer of a run: turns what happens into wishes, commits the facts, and does what the
 * machine then asks for. Lives on the engine's loop.
 *
 * <p>Tasks are prepared (made into actions and looked up) off the loop, at most {@link #WINDOW} at
 * a time with those that are queued: the rest of a wide step waits as numbers, not as objects.
 */
final class RunDriver {
  /** How many tasks are prepared, queued or running at once. */
  private static final int WINDOW = 512;

  /** How many tasks are looked up in the cache by one call. */
  private static final int BATCH = 64;

  private final RunContext context;
  private final RunMachine machine;
  private final CommitBuffer commits;
  private final TaskPreparer preparer;
  private final Snapshots snapshots;
  private final RunListener listener;
  private final RunView view;
  private final CompletableFuture<RunEnd> done = new CompletableFuture<>();
  private final Deque<Integer> ready = new ArrayDeque<>();
  private final Map<Integer, PreparedTask> prepared = new HashMap<>();
  private final Map<Integer, LocalWorker.RunningAttempt> running = new HashMap<>();
  private final Runnable flushing = this::flush;
  private int preparing;

  RunDriver(RunContext context, RunMachine machine, CommitBuffer commits, RunListener listener) {
    this.context = context;
    this.machine = machine;
    this.commits = commits;
    this.listener = listener;
    preparer = new TaskPreparer(context);
    snapshots = new Snapshots(context.plan(), machine.state());
    view = new RunView(context.id(), context.plan(), machine.state());
  }

  String id() {
    return context.id();
  }

  CompletableFuture<RunEnd> done() {
    return done;
  }

  /** Begins a run whose first facts are durable. */
  void begin(List<CommittedFact> first) {
    committed(first);
    work(machine.takeTodo());
  }

  /** Gives the run up; its journal stays as it is, and it goes on when it is submitted again. */
  void fail(Throwable cause) {
    context.dispatcher().removeRun(this);
    running.values().forEach(LocalWorker.RunningAttempt::cancel);
    done.completeExceptionally(cause);
  }

  /** Decides, and does what follows. */
  void wish(RunWish wish) {
    List<RunEvent> facts = machine.decide(wish, context.now());
    commits.add(facts);
    if (machine.state().runStatus() != RunStatus.RUNNING) {
      commits.hurry();
    }
    context.loop().atBatchEnd(flushing);
    work(machine.takeTodo());
  }

  private void work(Todo todo) {
    addAll(todo.prepare());
    for (int step : todo.expand().toArray()) {
      expand(step);
    }
    for (int task : todo.stop().toArray()) {
      stop(task);
    }
    for (int task : todo.wake().toArray()) {
      wake(task);
    }
    fillWindow();
  }

  private void addAll(IntList tasks) {
    for (int i = 0; i < tasks.size(); i++) {
      ready.add(tasks.get(i));
    }
  }

  private void wake(int task) {
    if (machine.state().status(task) instanceof TaskStatus.Backoff backoff) {
      forget(task);
      context
          .loop()
          .schedule(backoff.untilMillis() - context.now(), () -> wish(new RunWish.Retry(task)));
    }
  }

  private void stop(int task) {
    LocalWorker.RunningAttempt attempt = running.get(task);
    if (attempt != null) {
      attempt.cancel();
    }
  }

  // ---- preparing ----

  private void fillWindow() {
    while (!ready.isEmpty() && preparing + prepared.size() < WINDOW) {
      List<TaskSnapshot> batch = new ArrayList<>();
      while (batch.size() < BATCH && !ready.isEmpty()) {
        int task = ready.remove();
        if (machine.state().status(task) instanceof TaskStatus.Ready) {
          addUnlessRemade(snapshots.of(task), batch);
        }
      }
      if (!batch.isEmpty()) {
        preparing += batch.size();
        context.workers().execute(() -> prepare(batch));
      }
    }
  }

  /** A task whose upstream is being made again at this moment has to wait for it. */
  private void addUnlessRemade(TaskSnapshot snapshot, List<TaskSnapshot> batch) {
    List<Integer> remade = snapshot.unsettled();
    if (remade.isEmpty()) {
      batch.add(snapshot);
    } else {
      commits.add(machine.decide(new RunWish.MakeAgain(snapshot.task(), remade), context.now()));
      context.loop().atBatchEnd(flushing);
    }
  }

  private void prepare(List<TaskSnapshot> batch) {
    List<Preparation> found = preparer.prepare(batch);
    context.loop().execute(() -> prepared(found));
  }

  private void prepared(List<Preparation> found) {
    preparing -= found.size();
    for (Preparation preparation : found) {
      apply(preparation);
    }
    fillWindow();
  }

  private void apply(Preparation preparation) {
    switch (preparation) {
      case Preparation.Skip(var task) -> wish(new RunWish.SkipTask(task));
      case Preparation.Fail(var task, var failure) -> wish(new RunWish.FailTask(task, failure));
      case Preparation.Hit(var task, var key, var result, var why) ->
          wish(new RunWish.TakeCached(task, key, result, why));
      case Preparation.MakeAgain(var task, var producers) -> makeAgain(task, producers);
      case Preparation.Miss(var task, var why) -> queue(task, why);
    }
  }

  private void queue(PreparedTask task, Explanation why) {
    if (!context.dispatcher().couldEverPlace(task.demand())) {
      wish(new RunWish.FailTask(task.task(), tooLarge(task)));
      return;
    }
    wish(new RunWish.Queue(task.task(), task.key(), why));
    if (machine.state().status(task.task()) instanceof TaskStatus.Queued) {
      prepared.put(task.task(), task);
      context.dispatcher().enqueue(this, task);
    }
  }

  private static Failure tooLarge(PreparedTask task) {
    return Failure.of(
        FailureKind.RESOURCES,
        "no worker is large enough: the task asks for "
            + task.demand().amounts()
            + " on executor "
            + task.demand().executor()
            + "; ask for less, or give the engine more (--resource NAME=AMOUNT, also for pools)");
  }

  private void expand(int step) {
    SeenTask source = snapshots.listSource(step);
    context
        .workers()
        .execute(
            () -> {
              RunWish expanded = preparer.readList(step, source);
              context.loop().execute(() -> wish(expanded));
            });
  }

  // ---- attempts ----

  /** Gives a queued task to a worker; false if it is not queued any more. */
  boolean startAttempt(int task, String worker) {
    PreparedTask work = prepared.get(task);
    if (work == null || !(machine.state().status(task) instanceof TaskStatus.Queued)) {
      forget(task);
      return false;
    }
    wish(new RunWish.StartAttempt(task, worker));
    Assignment assignment = new Assignment(work, machine.state().attempts(task));
    commits.whenDurable(() -> launch(assignment));
    if (context.dispatcher().isHungry()) {
      commits.hurry();
    }
    return true;
  }

  private void launch(Assignment assignment) {
    LocalWorker.RunningAttempt attempt = context.dispatcher().start(this, assignment);
    int task = assignment.prepared().task();
    running.put(task, attempt);
    if (machine.state().cancelRequested()
        && !context.plan().runsAlways(machine.state().stepOf(task))) {
      attempt.cancel();
    }
  }

  void attemptEnded(Assignment assignment, AttemptReport report) {
    int task = assignment.prepared().task();
    int attempt = assignment.attempt();
    running.remove(task);
    switch (report) {
      case AttemptReport.Done(var result) -> wish(new RunWish.AttemptDone(task, attempt, result));
      case AttemptReport.Broken(var failure) ->
          wish(new RunWish.AttemptBroken(task, attempt, failure, context.jitter()));
      case AttemptReport.Stopped _ -> wish(new RunWish.AttemptStopped(task, attempt));
      case AttemptReport.InputGone(var digest) -> inputGone(task, attempt, digest);
    }
    forget(task);
    fillWindow();
  }

  private void inputGone(int task, int attempt, Digest digest) {
    snapshots.forgetFanIns();
    TaskSnapshot snapshot = snapshots.of(task);
    context
        .workers()
        .execute(
            () -> {
              List<Integer> producers = preparer.findLosses(snapshot);
              context.loop().execute(() -> inputGone(task, attempt, digest, producers));
            });
  }

  private void inputGone(int task, int attempt, Digest digest, List<Integer> producers) {
    if (producers.isEmpty()) {
      Failure failure =
          Failure.of(
              FailureKind.ENGINE,
              "blob " + digest.text() + " of an input was gone; its file is read again");
      wish(new RunWish.AttemptBroken(task, attempt, failure, context.jitter()));
    } else {
      makeAgain(task, producers);
    }
  }

  private void makeAgain(int task, List<Integer> producers) {
    snapshots.forgetFanIns();
    wish(new RunWish.MakeAgain(task, producers));
  }

  void reconsider(int task) {
    prepared.remove(task);
    wish(new RunWish.Reconsider(task));
  }

  /** Drops what was prepared for a task, and lets those go on that wait for its action. */
  private void forget(int task) {
    PreparedTask work = prepared.remove(task);
    if (work != null) {
      commits.whenDurable(() -> context.dispatcher().landed(this, work));
      context.loop().atBatchEnd(flushing);
    }
  }

  // ---- committing ----

  private void flush() {
    commits.flush(this::summary, this::committed);
  }

  private Summary summary() {
    RunState state = machine.state();
    boolean ended = state.runStatus() != RunStatus.RUNNING;
    return new Summary(
        state.runStatus().label(),
        view.countsJson(),
        ended ? Instant.ofEpochMilli(context.now()) : null);
  }

  private void committed(List<CommittedFact> facts) {
    listener.committed(view, facts);
    if (!facts.isEmpty() && facts.getLast().event() instanceof RunEvent.RunFinished(var status)) {
      finish(status);
    }
  }

  private void finish(RunStatus status) {
    context.dispatcher().removeRun(this);
    List.copyOf(prepared.keySet()).forEach(this::forget);
    context
        .workers()
        .execute(
            () -> {
              try {
                SortedMap<String, Artifact> outputs =
                    PipelineOutputs.of(context.plan(), machine.state(), context.trees());
                done.complete(new RunEnd(context.id(), status, outputs));
              } catch (IOException | RuntimeException e) {
                done.completeExceptionally(e);
              }
            });
  }
}

package dev.millrace.runtime;

import dev.millrace.executor.ImagePin;
import dev.millrace.run.IntList;
import dev.millrace.run.RunEvent;
import dev.millrace.run.RunMachine;
import dev.millrace.run.RunWish;
import dev.millrace.run.TaskStatus;
import dev.millrace.run.Todo;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Goes through a run as its owner would, but runs nothing and records nothing: what would be taken
 * from the cache is taken, what would be run stays queued, and what needs its result waits.
 */
final class DryRun {
  private static final int BATCH = 64;

  private final RunContext context;
  private final ExecutorImages images;
  private final RunMachine machine;
  private final RunHistory history;
  private final TaskPreparer preparer;
  private final Snapshots snapshots;
  private final Deque<Integer> ready = new ArrayDeque<>();
  private long sequence;

  private DryRun(RunContext context, ExecutorImages images, AcceptedRun accepted) {
    this.images = images;
    this.context = context;
    machine = accepted.machine();
    history = new RunHistory(accepted.record(), context.plan(), context.submission());
    preparer = new TaskPreparer(context);
    snapshots = new Snapshots(context.plan(), machine.state());
    accepted.facts().forEach(this::tell);
  }

  /**
   * Returns how the run would stand before its first attempt.
   *
   * @throws IOException if storage cannot be used now
   */
  static RunHistory of(RunContext context, ExecutorImages images, AcceptedRun accepted)
      throws IOException {
    DryRun dry = new DryRun(context, images, accepted);
    dry.go();
    return dry.history;
  }

  private void go() throws IOException {
    take(machine.takeTodo());
    while (!ready.isEmpty()) {
      List<TaskSnapshot> batch = new ArrayList<>();
      while (batch.size() < BATCH && !ready.isEmpty()) {
        int task = ready.remove();
        if (machine.state().status(task) instanceof TaskStatus.Ready) {
          batch.add(snapshots.of(task));
        }
      }
      TaskPreparer.Prepared prepared = preparer.prepare(batch);
      if (prepared.trouble() != null) {
        throw new IOException(prepared.trouble());
      }
      prepared.found().forEach(this::apply);
      prepared.unpinned().forEach(this::pin);
    }
  }

  private void take(Todo todo) {
    IntList tasks = todo.prepare();
    for (int i = 0; i < tasks.size(); i++) {
      ready.add(tasks.get(i));
    }
    for (int step : todo.expand().toArray()) {
      wish(preparer.readList(step, snapshots.listSource(step)));
    }
  }

  /** A task whose image is not here is not looked up: its key is not known before a pull. */
  private void pin(TaskPreparer.Unpinned task) {
    ImageName name = task.image();
    if (context.images().idOf(name) == null
        && images.lookUp(name) instanceof ImagePin.Pinned(String imageId)) {
      wish(new RunWish.PinImage(name.executor(), name.image(), imageId));
    }
    if (context.images().idOf(name) != null) {
      ready.add(task.task());
    }
  }

  private void apply(Preparation preparation) {
    switch (preparation) {
      case Preparation.Skip(var task) -> wish(new RunWish.SkipTask(task));
      case Preparation.Fail(var task, var failure) -> wish(new RunWish.FailTask(task, failure));
      case Preparation.Hit(var task, var key, var result, var why) ->
          wish(new RunWish.TakeCached(task, key, result, why));
      case Preparation.MakeAgain(var task, var producers) -> {
        snapshots.forgetFanIns();
        wish(new RunWish.MakeAgain(task, producers));
      }
      case Preparation.Miss(var task, var why) ->
          wish(new RunWish.Queue(task.task(), task.key(), why));
    }
  }

  private void wish(RunWish wish) {
    long now = context.now();
    for (RunEvent fact : machine.decide(wish, now)) {
      tell(new CommittedFact(sequence + 1, now, fact));
    }
    take(machine.takeTodo());
  }

  private void tell(CommittedFact fact) {
    context.images().apply(fact.event());
    sequence = fact.sequence();
    history.add(fact);
  }
}

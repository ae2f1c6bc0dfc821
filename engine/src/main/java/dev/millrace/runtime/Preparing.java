package dev.millrace.runtime;

import dev.millrace.run.IntList;
import dev.millrace.run.RunState;
import dev.millrace.run.TaskStatus;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Ready tasks on their way to being answered from the cache or queued.
 *
 * <p>Tasks are prepared (made into actions and looked up) off the loop, at most {@link #WINDOW} at
 * a time with those that are queued or run: the rest of a wide step waits as numbers, not as
 * objects. One or two that are ready while nothing else waits for the loop are prepared on it: in a
 * chain of short steps the way to another thread and back costs more than the work.
 */
final class Preparing {
  /** How many tasks are prepared, queued or running at once. */
  private static final int WINDOW = 1024;

  /** How many tasks are looked up in the cache by one call. */
  private static final int BATCH = 64;

  private static final int FEW = 2;

  private static final long RETRY_MILLIS = 1_000;

  private final RunContext context;
  private final RunState state;
  private final Snapshots snapshots;
  private final TaskPreparer preparer;
  private final Client client;
  private final IntSupplier dispatched;
  private final Deque<Integer> ready = new ArrayDeque<>();
  private int preparing;
  private boolean closed;

  /** Who wants them prepared. Called on the loop. */
  interface Client {
    /** Tasks have been prepared. */
    void prepared(List<Preparation> found);

    /** A task has to wait for results that are being made again at this moment. */
    void makeAgain(int task, List<Integer> producers);

    /** A task can be prepared when its image is pinned. It counts as being prepared till then. */
    void unpinned(TaskPreparer.Unpinned task);

    /** Tasks cannot be prepared for now, or, with null, can again. */
    void preparingTrouble(@Nullable String message);
  }

  /**
   * @param dispatched how many tasks are queued or run
   */
  Preparing(
      RunContext context,
      RunState state,
      Snapshots snapshots,
      TaskPreparer preparer,
      Client client,
      IntSupplier dispatched) {
    this.context = context;
    this.state = state;
    this.snapshots = snapshots;
    this.preparer = preparer;
    this.client = client;
    this.dispatched = dispatched;
  }

  void add(IntList tasks) {
    for (int i = 0; i < tasks.size(); i++) {
      ready.add(tasks.get(i));
    }
  }

  /** Prepares nothing more. */
  void close() {
    closed = true;
    ready.clear();
  }

  /** Prepares what there is room for. */
  void fill() {
    while (!closed && !ready.isEmpty() && preparing + dispatched.getAsInt() < WINDOW) {
      List<TaskSnapshot> batch = new ArrayList<>();
      while (batch.size() < BATCH && !ready.isEmpty()) {
        int task = ready.remove();
        if (state.status(task) instanceof TaskStatus.Ready) {
          addUnlessRemade(snapshots.of(task), batch);
        }
      }
      if (!batch.isEmpty()) {
        start(batch);
      }
    }
  }

  /** A task whose upstream is being made again at this moment has to wait for it. */
  private void addUnlessRemade(TaskSnapshot snapshot, List<TaskSnapshot> batch) {
    List<Integer> remade = snapshot.unsettled();
    if (remade.isEmpty()) {
      batch.add(snapshot);
    } else {
      client.makeAgain(snapshot.task(), remade);
    }
  }

  private void start(List<TaskSnapshot> batch) {
    preparing += batch.size();
    if (batch.size() <= FEW && preparing == batch.size() && context.loop().isIdle()) {
      prepare(batch);
    } else {
      context.workers().execute(() -> prepare(batch));
    }
  }

  private void prepare(List<TaskSnapshot> batch) {
    TaskPreparer.Prepared prepared = preparer.prepare(batch);
    context.loop().execute(() -> prepared(prepared));
  }

  private void prepared(TaskPreparer.Prepared prepared) {
    preparing -= prepared.found().size();
    if (closed) {
      return;
    }
    client.prepared(prepared.found());
    prepared.unpinned().forEach(client::unpinned);
    if (prepared.held().isEmpty()) {
      fill();
    } else {
      client.preparingTrouble(prepared.trouble());
      context.loop().schedule(RETRY_MILLIS, () -> tryAgain(prepared.held()));
    }
  }

  /** Prepares tasks whose images have been pinned. */
  void again(List<Integer> tasks) {
    preparing -= tasks.size();
    if (!closed) {
      tasks.reversed().forEach(ready::addFirst);
      fill();
    }
  }

  /** Does without a task whose image cannot be had. */
  void drop() {
    preparing--;
    fill();
  }

  /** Takes down anew what the held tasks need, since time has passed, and prepares them. */
  private void tryAgain(List<TaskSnapshot> held) {
    preparing -= held.size();
    if (!closed) {
      client.preparingTrouble(null);
      held.forEach(snapshot -> ready.addFirst(snapshot.task()));
      fill();
    }
  }
}

package dev.millrace.dispatch;

import dev.millrace.cache.ActionKey;
import dev.millrace.schedule.Demand;
import dev.millrace.schedule.WorkerSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the placement loop is told. */
public sealed interface ToPlacement {

  /** What an owner says: in the name of its epoch. */
  sealed interface FromOwner extends ToPlacement {
    /** Returns the run's id. */
    String run();

    /** Returns the owner's epoch. */
    long epoch();
  }

  /** A queued task needs a place. */
  record Want(String run, long epoch, Entry entry) implements FromOwner {}

  /**
   * An attempt has ended: its place is free, though what it came to is not durable yet.
   *
   * @param attempt its number: what is said of an earlier one comes too late
   * @param millis how long it took
   */
  record Freed(String run, long epoch, int task, int attempt, long millis) implements FromOwner {}

  /** A task is neither queued nor running any more, durably. */
  record Gone(String run, long epoch, int task, int attempt) implements FromOwner {}

  /** All that a run wants and holds; what is not in it is gone. */
  record Sync(String run, long epoch, List<Entry> entries) implements FromOwner {
    public Sync {
      entries = List.copyOf(entries);
    }
  }

  /**
   * What a worker says of itself from time to time.
   *
   * @param spec what it is; its name is the worker's address
   * @param stalled why it cannot begin attempts for now, or null
   */
  record Heartbeat(WorkerSpec spec, @Nullable String stalled) implements ToPlacement {}

  /** How far a task is. */
  enum Stage {
    /** It waits for a place, or for an equal one. */
    QUEUED,
    /** A worker has it. */
    RUNNING,
    /** Its attempt has ended, and what it came to is not durable yet. */
    LANDING
  }

  /**
   * A task as the placement loop knows it.
   *
   * @param task its number
   * @param attempt number that its next attempt has, or that of the one that runs
   * @param key of its action where an equal one may stand for it, else null
   * @param demand what it needs of a worker
   * @param priority higher first
   * @param weight the heavier of a run's tasks goes first: the longest time in milliseconds from
   *     its start to the end of the run, as far as is known
   * @param worker address of the worker that has or had it, or null while it is queued
   */
  record Entry(
      int task,
      int attempt,
      @Nullable ActionKey key,
      Demand demand,
      int priority,
      double weight,
      Stage stage,
      @Nullable String worker) {}
}

package dev.millrace.runtime;

import dev.millrace.cache.ActionKey;
import dev.millrace.dispatch.Assignment;
import dev.millrace.dispatch.AttemptRef;
import dev.millrace.dispatch.PreparedTask;
import dev.millrace.dispatch.ToOwner;
import dev.millrace.dispatch.ToPlacement;
import dev.millrace.dispatch.ToPlacement.Entry;
import dev.millrace.dispatch.ToPlacement.Stage;
import dev.millrace.dispatch.ToWorker;
import dev.millrace.schedule.Demand;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The owner's end of the dispatch protocol: what a run wants, what runs, and what has ended without
 * being durable yet. Decides nothing about tasks; the driver does. Lives on the engine's loop.
 */
final class RunDispatch {
  /** After so many ticks in which its worker was not heard of, an attempt is lost. */
  private static final int LEASE_TICKS = 5;

  /** After so many lists of its worker's that lack it again, an attempt is lost. */
  private static final int MISSING_LISTS = 2;

  /** What a task is said to need whose demand went with its former owner. */
  private static final Demand UNKNOWN = new Demand("", Map.of());

  private final RunContext context;
  private final long epoch;
  private final CommitBuffer commits;
  private final Runnable onRoom;
  private final Map<Integer, Flying> tasks = new HashMap<>();
  private final List<Runnable> announced = new ArrayList<>();
  private final Runnable announcing = this::announce;

  /** A task between being queued and its end being durable. */
  private static final class Flying {
    private final int task;
    private final int attempt;
    private final @Nullable PreparedTask prepared;
    private Stage stage;
    private @Nullable String worker;
    private int silentTicks;
    private int missing;

    /** Its start was given to the post; set on whatever thread learnt of the commit. */
    private volatile boolean sent;

    /** Its worker has said that it has it. */
    private boolean confirmed;

    private boolean stopAsked;

    Flying(int task, int attempt, @Nullable PreparedTask prepared, Stage stage) {
      this.task = task;
      this.attempt = attempt;
      this.prepared = prepared;
      this.stage = stage;
    }
  }

  /**
   * @param onRoom run at the end of each batch in which a task was forgotten, so that another can
   *     take its place
   */
  RunDispatch(RunContext context, long epoch, CommitBuffer commits, Runnable onRoom) {
    this.context = context;
    this.epoch = epoch;
    this.commits = commits;
    this.onRoom = onRoom;
  }

  /** Returns how many tasks are queued, run or land. */
  int size() {
    return tasks.size();
  }

  private AttemptRef ref(Flying flying) {
    return new AttemptRef(context.id(), flying.task, flying.attempt);
  }

  // ---- queued ----

  /** Asks for a place. */
  void want(PreparedTask prepared, int attempt) {
    Flying flying = new Flying(prepared.task(), attempt, prepared, Stage.QUEUED);
    tasks.put(prepared.task(), flying);
    context.post().toPlacement(new ToPlacement.Want(context.id(), epoch, entry(flying)));
  }

  /**
   * Takes up an attempt that a former owner has started.
   *
   * @param prepared null where it is not known any more what the task needs
   */
  void adopt(int task, int attempt, String worker, @Nullable PreparedTask prepared) {
    Flying flying = new Flying(task, attempt, prepared, Stage.RUNNING);
    flying.worker = worker;
    flying.sent = true;
    flying.confirmed = true;
    tasks.put(task, flying);
  }

  private static Entry entry(Flying flying) {
    PreparedTask prepared = flying.prepared;
    if (prepared == null) {
      return new Entry(
          flying.task, flying.attempt, null, UNKNOWN, 0, 0, flying.stage, flying.worker);
    }
    ActionKey key = prepared.mergeable() ? prepared.key() : null;
    return new Entry(
        flying.task,
        flying.attempt,
        key,
        prepared.demand(),
        prepared.priority(),
        prepared.weight(),
        flying.stage,
        flying.worker);
  }

  /**
   * Tells whether a grant is for a task that is queued; another is late, or for one that is not.
   */
  boolean isWanted(ToOwner.Grant grant) {
    Flying flying = tasks.get(grant.task());
    return flying != null && flying.stage == Stage.QUEUED && flying.attempt == grant.attempt();
  }

  /** Tells whether that attempt of a task is still queued. */
  boolean isQueued(int task, int attempt) {
    Flying flying = tasks.get(task);
    return flying != null && flying.stage == Stage.QUEUED && flying.attempt == attempt;
  }

  /** Gives back a place that nobody needs. */
  void refuse(ToOwner.Grant grant) {
    Flying flying = tasks.get(grant.task());
    if (flying == null) {
      gone(grant.task(), grant.attempt());
    }
  }

  /** Returns what to tell of a task that fits no worker. */
  String tooLarge(int task) {
    Flying flying = tasks.get(task);
    Demand demand = flying == null || flying.prepared == null ? UNKNOWN : flying.prepared.demand();
    return "no worker is large enough: the task asks for "
        + new TreeMap<>(demand.amounts())
        + " on executor "
        + demand.executor()
        + "; ask for less, or give the engine more (--resource NAME=AMOUNT, also for pools)";
  }

  /** Forgets a queued task. */
  void forget(int task, int attempt) {
    if (isQueued(task, attempt)) {
      tasks.remove(task);
      context.loop().atBatchEnd(onRoom);
      gone(task, attempt);
    }
  }

  /** Forgets the queued tasks that are not queued any more. */
  void forgetQueuedUnless(IntPredicate queued) {
    for (Flying flying : List.copyOf(tasks.values())) {
      if (!queued.test(flying.task)) {
        forget(flying.task, flying.attempt);
      }
    }
  }

  private void gone(int task, int attempt) {
    context.post().toPlacement(new ToPlacement.Gone(context.id(), epoch, task, attempt));
  }

  // ---- running ----

  /** Has the worker begin, once all facts so far are durable. */
  void start(int task, String worker) {
    Flying flying = tasks.get(task);
    if (flying == null || flying.prepared == null) {
      throw new IllegalStateException("task " + task + " was not queued");
    }
    flying.stage = Stage.RUNNING;
    flying.worker = worker;
    Assignment assignment = new Assignment(flying.prepared, flying.attempt);
    announced.add(() -> context.post().toWorker(worker, new ToWorker.Expect(assignment)));
    context.loop().atBatchEnd(announcing);
    commits.sendWhenDurable(() -> sendStart(flying, worker, assignment));
    if (context.host().hungry().getAsBoolean()) {
      commits.hurry();
    }
  }

  /** After the commit is on its way: what is made ready meanwhile must not hold it up. */
  private void announce() {
    announced.forEach(Runnable::run);
    announced.clear();
  }

  private void sendStart(Flying flying, String worker, Assignment assignment) {
    flying.sent = true;
    context.post().toWorker(worker, new ToWorker.Start(assignment, epoch));
  }

  /** Has the worker end the task's attempt, once all facts so far are durable. */
  void stop(int task) {
    Flying flying = tasks.get(task);
    if (flying != null && flying.stage == Stage.RUNNING) {
      flying.stopAsked = true;
      commits.sendWhenDurable(() -> sendStop(flying));
      commits.hurry();
    }
  }

  private void sendStop(Flying flying) {
    String worker = flying.worker;
    if (worker != null) {
      context.post().toWorker(worker, new ToWorker.Stop(ref(flying), epoch));
    }
  }

  // ---- ended ----

  /**
   * Takes a report: true if the attempt runs here, as far as is known. A report of any other is
   * acknowledged, so that nobody keeps it; but not before all facts so far are durable, as one of
   * them may be the very end of that attempt.
   */
  boolean ended(ToOwner.Report report) {
    AttemptRef attempt = report.attempt();
    Flying flying = tasks.get(attempt.task());
    boolean same = flying != null && flying.attempt == attempt.attempt();
    if (flying == null || !same || flying.stage == Stage.QUEUED) {
      commits.whenDurable(() -> acknowledge(report.worker(), attempt));
      return false;
    }
    if (flying.stage == Stage.LANDING) {
      return false;
    }
    land(flying, report.millis());
    return true;
  }

  private void land(Flying flying, long millis) {
    flying.stage = Stage.LANDING;
    context
        .post()
        .toPlacement(
            new ToPlacement.Freed(context.id(), epoch, flying.task, flying.attempt, millis));
  }

  /** Forgets an attempt that has ended, once the facts of its end are durable. */
  void landed(int task) {
    Flying flying = tasks.get(task);
    if (flying == null || flying.stage != Stage.LANDING) {
      return;
    }
    commits.whenDurable(
        () -> {
          tasks.remove(task, flying);
          context.loop().atBatchEnd(onRoom);
          gone(flying.task, flying.attempt);
          if (flying.worker != null) {
            acknowledge(flying.worker, ref(flying));
          }
        });
  }

  private void acknowledge(String worker, AttemptRef attempt) {
    context.post().toWorker(worker, new ToWorker.Acknowledge(attempt, epoch));
  }

  // ---- repeated ----

  /**
   * Compares with what a worker says it has.
   *
   * @return tasks whose attempts it has not, and will not have
   */
  List<Integer> compare(ToOwner.Holding holding) {
    List<Integer> lost = new ArrayList<>(0);
    for (Flying flying : tasks.values()) {
      if (flying.stage != Stage.RUNNING || !holding.worker().equals(flying.worker)) {
        continue;
      }
      if (holding.attempts().contains(ref(flying))) {
        flying.confirmed = true;
        flying.silentTicks = 0;
        flying.missing = 0;
      } else if (flying.confirmed && ++flying.missing >= MISSING_LISTS) {
        lost.add(flying.task);
      }
    }
    for (AttemptRef attempt : holding.attempts()) {
      Flying flying = tasks.get(attempt.task());
      if (flying == null || flying.attempt != attempt.attempt()) {
        commits.whenDurable(
            () -> context.post().toWorker(holding.worker(), new ToWorker.Stop(attempt, epoch)));
      }
    }
    return lost;
  }

  /**
   * Says again what is wanted and held. At regular times.
   *
   * @return tasks whose worker was silent for longer than its lease
   */
  List<Integer> tick() {
    List<Integer> lost = new ArrayList<>(0);
    List<Entry> entries = new ArrayList<>(tasks.size());
    for (Flying flying : tasks.values()) {
      entries.add(entry(flying));
      if (flying.stage == Stage.RUNNING && flying.sent) {
        repeat(flying);
        if (flying.silentTicks++ >= LEASE_TICKS) {
          lost.add(flying.task);
        }
      }
    }
    if (!entries.isEmpty()) {
      context.post().toPlacement(new ToPlacement.Sync(context.id(), epoch, entries));
    }
    return lost;
  }

  private void repeat(Flying flying) {
    if (!flying.confirmed && flying.prepared != null && flying.worker != null) {
      sendStart(flying, flying.worker, new Assignment(flying.prepared, flying.attempt));
    }
    if (flying.stopAsked) {
      sendStop(flying);
    }
  }

  /** Gives the place of a lost attempt back; returns its number. */
  int lose(int task) {
    Flying flying = tasks.get(task);
    if (flying == null) {
      throw new IllegalStateException("task " + task + " does not run");
    }
    land(flying, 0);
    return flying.attempt;
  }

  /** Wants and holds nothing more. */
  void end() {
    tasks.clear();
    context.post().toPlacement(new ToPlacement.Sync(context.id(), epoch, List.of()));
  }
}

package dev.millrace.dispatch;

import dev.millrace.schedule.Demand;
import dev.millrace.schedule.WorkerSlots;
import dev.millrace.schedule.WorkerSpec;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A worker's end of the protocol: takes attempts on, begins them when there is room, and keeps each
 * report until it is acknowledged. Its own count of what is free is what counts: it may be given
 * more than fits, and begins those in order as others end.
 *
 * <p>Safe for use by many threads: an attempt that ends lets the next begin without a detour.
 */
public final class WorkerAgent {
  /** How many acknowledged attempts are remembered, so that a late start of one is not begun. */
  private static final int REMEMBERED = 10_000;

  private final WorkerSpec self;
  private final AttemptRunner runner;
  private final Post post;
  private final LongSupplier nanoTime;
  private final WorkerSlots slots;
  private final Map<AttemptRef, Held> held = new LinkedHashMap<>();
  private final Deque<Held> waiting = new ArrayDeque<>();
  private final Set<AttemptRef> forgotten = new HashSet<>();
  private final Deque<AttemptRef> forgottenInOrder = new ArrayDeque<>();
  private @Nullable String stalled;

  /** An attempt between its start and its acknowledgement. */
  private static final class Held {
    private final Assignment assignment;
    private AttemptRunner.@Nullable Running running;
    private @Nullable ToOwner report;
    private long epoch;
    private boolean begun;
    private boolean stopAsked;
    private long startedNanos;

    Held(Assignment assignment, long epoch) {
      this.assignment = assignment;
      this.epoch = epoch;
    }

    /** Tells whether who speaks is no older owner of the run than the newest that spoke of it. */
    boolean listensTo(long speaker) {
      if (speaker != ToWorker.AFTER_THE_END) {
        epoch = Math.max(epoch, speaker);
      }
      return speaker >= epoch;
    }

    Demand demand() {
      return assignment.prepared().demand();
    }
  }

  /**
   * @param self what the worker is; its name is its address, new with each start of it
   * @param nanoTime for how long attempts take
   */
  public WorkerAgent(WorkerSpec self, AttemptRunner runner, Post post, LongSupplier nanoTime) {
    this.self = self;
    this.runner = runner;
    this.post = post;
    this.nanoTime = nanoTime;
    slots = new WorkerSlots(self.executors(), self.capacity());
  }

  /** Takes a message. */
  public void receive(ToWorker message) {
    switch (message) {
      case ToWorker.Expect(var assignment) -> expect(assignment);
      case ToWorker.Start(var assignment, long epoch) -> start(assignment, epoch);
      case ToWorker.Stop(var attempt, long epoch) -> stop(attempt, epoch);
      case ToWorker.Acknowledge(var attempt, long epoch) -> forget(attempt, epoch);
    }
  }

  /** Only an attempt that would begin at once gains by being made ready. */
  private void expect(Assignment assignment) {
    boolean atOnce;
    synchronized (this) {
      atOnce =
          waiting.isEmpty()
              && slots.fits(assignment.prepared().demand())
              && !held.containsKey(assignment.ref())
              && !forgotten.contains(assignment.ref());
    }
    if (atOnce) {
      runner.expect(assignment);
    }
  }

  private void start(Assignment assignment, long epoch) {
    ToOwner again = null;
    synchronized (this) {
      Held known = held.get(assignment.ref());
      if (known != null) {
        again = known.listensTo(epoch) ? known.report : null;
      } else if (!forgotten.contains(assignment.ref())) {
        Held taken = new Held(assignment, epoch);
        held.put(assignment.ref(), taken);
        waiting.add(taken);
      }
    }
    if (again != null) {
      post.toOwner(again);
    }
    beginWaiting();
  }

  /**
   * Takes on an attempt that an earlier process of this worker began, in place of a start. Its
   * owner has to know already that it runs here.
   *
   * @param epoch of the owner
   * @param adopter goes on with the attempt
   */
  public void adopt(Assignment assignment, long epoch, AttemptRunner adopter) {
    Held taken = new Held(assignment, epoch);
    synchronized (this) {
      taken.begun = true;
      taken.startedNanos = nanoTime.getAsLong();
      held.put(assignment.ref(), taken);
      slots.take(taken.demand());
    }
    begin(taken, adopter);
  }

  private void begin(Held next, AttemptRunner by) {
    AttemptRunner.Running running = by.start(next.assignment, report -> ended(next, report));
    boolean stopNow;
    synchronized (this) {
      next.running = running;
      stopNow = next.stopAsked;
    }
    if (stopNow) {
      running.stop();
    }
  }

  private void beginWaiting() {
    for (Held next : fitting()) {
      begin(next, runner);
    }
  }

  private synchronized List<Held> fitting() {
    List<Held> fitting = new ArrayList<>(2);
    while (!waiting.isEmpty() && slots.fits(waiting.getFirst().demand())) {
      Held next = waiting.removeFirst();
      slots.take(next.demand());
      next.begun = true;
      next.startedNanos = nanoTime.getAsLong();
      fitting.add(next);
    }
    return fitting;
  }

  private void stop(AttemptRef attempt, long epoch) {
    AttemptRunner.@Nullable Running running;
    ToOwner stopped = null;
    synchronized (this) {
      Held asked = held.get(attempt);
      if (asked == null || !asked.listensTo(epoch) || asked.report != null) {
        return;
      }
      asked.stopAsked = true;
      running = asked.running;
      if (!asked.begun && waiting.remove(asked)) {
        stopped = new ToOwner.Report(attempt, self.name(), new AttemptReport.Stopped(), 0);
        asked.report = stopped;
      }
    }
    if (stopped != null) {
      post.toOwner(stopped);
      beginWaiting();
    } else if (running != null) {
      running.stop();
    }
  }

  private void ended(Held attempt, AttemptReport result) {
    ToOwner report;
    synchronized (this) {
      long millis = (nanoTime.getAsLong() - attempt.startedNanos) / 1_000_000;
      report = new ToOwner.Report(attempt.assignment.ref(), self.name(), result, millis);
      attempt.report = report;
      slots.release(attempt.demand());
    }
    beginWaiting();
    post.toOwnerHere(report);
  }

  private synchronized void forget(AttemptRef attempt, long epoch) {
    Held known = held.get(attempt);
    if (known == null || (known.listensTo(epoch) && known.report != null)) {
      held.remove(attempt);
      if (forgotten.add(attempt)) {
        forgottenInOrder.add(attempt);
      }
      if (forgottenInOrder.size() > REMEMBERED) {
        forgotten.remove(forgottenInOrder.remove());
      }
    }
  }

  /**
   * Says that attempts cannot go on for a reason that is none of theirs, such as a full disk.
   *
   * @param reason for people, or null when they go on
   */
  public void stall(@Nullable String reason) {
    synchronized (this) {
      stalled = reason;
    }
    tick();
  }

  /** Tells everybody how it stands, and reports again what was not acknowledged. Regularly. */
  public void tick() {
    Map<String, SequencedSet<AttemptRef>> byRun = new LinkedHashMap<>();
    List<ToOwner> reports = new ArrayList<>();
    String reason;
    synchronized (this) {
      reason = stalled;
      for (Held one : held.values()) {
        AttemptRef ref = one.assignment.ref();
        byRun.computeIfAbsent(ref.run(), run -> new LinkedHashSet<>()).add(ref);
        if (one.report != null) {
          reports.add(one.report);
        }
      }
    }
    post.toPlacement(new ToPlacement.Heartbeat(self, reason));
    byRun.forEach(
        (run, attempts) -> post.toOwner(new ToOwner.Holding(run, self.name(), attempts, reason)));
    reports.forEach(post::toOwner);
  }

  /** Returns how many attempts it was given that have not begun. */
  public synchronized int waiting() {
    return waiting.size();
  }
}

package dev.millrace.schedule;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The queued tasks of one demand and priority: a lane for each run, the next run first.
 *
 * <p>Claims change all the time: with each placement the virtual time moves on, and the served
 * run's lanes in all queues move back. Here this costs nothing until a lane comes first. There are
 * two heaps: lanes of runs whose virtual time is ahead of that of the whole are ordered by what
 * they hold and that time, the others, for which the time of the whole stands, by what they hold.
 * Each lane has the key that was right when it was put there; as a claim grows but when a task
 * ends, a key is never too high, so only the top has to be looked at anew.
 */
final class DemandQueue {
  /** Which workers may have room for a task of this queue. */
  enum Room {
    /** All. */
    ANYWHERE,
    /** Those that have more room than at the last time. */
    FRESH,
    /** None. */
    NOWHERE
  }

  private final Needs needs;
  private final int priority;
  private final LaneHeap behind = new LaneHeap();
  private final LaneHeap ahead = new LaneHeap();
  private Room room = Room.ANYWHERE;
  private boolean impatient;
  private @Nullable Worker kept;

  /** By how much of each resource the queue was passed, see {@link Patience}. */
  final long[] passedBy;

  DemandQueue(Needs needs, int priority) {
    this.needs = needs;
    this.priority = priority;
    passedBy = new long[needs.all().size()];
  }

  Needs needs() {
    return needs;
  }

  int priority() {
    return priority;
  }

  Room room() {
    return room;
  }

  void setRoom(Room where) {
    room = where;
  }

  /** Returns whether it was passed so often that a place is to be kept for it. */
  boolean isImpatient() {
    return impatient;
  }

  void setImpatient(boolean now) {
    impatient = now;
  }

  /** Returns the worker that is kept for it. */
  @Nullable Worker kept() {
    return kept;
  }

  void setKept(@Nullable Worker worker) {
    kept = worker;
  }

  boolean isEmpty() {
    return behind.isEmpty() && ahead.isEmpty();
  }

  void add(Lane lane) {
    behind.add(lane, lane.run().held);
  }

  void remove(Lane lane) {
    if (lane.heap != null) {
      lane.heap.remove(lane);
    }
  }

  /** Moves a lane forward whose run claims less. */
  void claimsLess(Lane lane, long now) {
    if (lane.heap != null) {
      lane.heap.update(lane, key(lane, lane.heap, now));
    }
  }

  private long key(Lane lane, LaneHeap heap, long now) {
    return heap == ahead ? lane.run().held + lane.run().start(now) : lane.run().held;
  }

  /** Returns the lane whose run is next, of a queue that has some. */
  Lane first(long now) {
    for (Lane top = ahead.top(); top != null && !isRight(top, ahead, now); top = ahead.top()) {
      place(top, now);
    }
    for (Lane top = behind.top(); top != null && !isRight(top, behind, now); top = behind.top()) {
      place(top, now);
    }
    Lane one = behind.top();
    Lane other = ahead.top();
    if (one == null || other == null) {
      return one != null ? one : Objects.requireNonNull(other);
    }
    long claim = one.key + now;
    boolean before = claim < other.key || (claim == other.key && one.served < other.served);
    return before ? one : other;
  }

  private boolean isRight(Lane lane, LaneHeap heap, long now) {
    return (heap == ahead) == (lane.run().finish > now)
        && lane.key == key(lane, heap, now)
        && lane.served == lane.run().served;
  }

  private void place(Lane lane, long now) {
    LaneHeap heap = lane.run().finish > now ? ahead : behind;
    if (lane.heap == heap) {
      heap.update(lane, key(lane, heap, now));
    } else {
      remove(lane);
      heap.add(lane, key(lane, heap, now));
    }
  }
}

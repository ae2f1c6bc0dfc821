package dev.millrace.schedule;

import java.util.LinkedHashMap;
import java.util.Map;

/** What a run has queued, holds and was given. Shares are in units of {@link FairShare#WHOLE}. */
final class RunAccount {
  /** One of so many tasks is of the lane that waits longest, whatever its tasks weigh. */
  private static final int AGING = 16;

  final String id;

  /** Unlike the id, it is short, and never that of another run. */
  final int number;

  double weight = 1;

  /** Its queued tasks by number. */
  final TaskPages queued = new TaskPages();

  /** Where its queued tasks are, a lane for each demand and priority. */
  final Map<DemandQueue, Lane> lanes = new LinkedHashMap<>();

  /** How many tasks it holds. */
  int holding;

  /** The share that these hold, by weight. */
  long held;

  /** The virtual time at which it will have used what it was given, by weight. */
  long finish;

  /** By how much, at most, its virtual time counts as ahead of that of the whole. */
  long most;

  /** Of two runs that are otherwise equal, the one comes first that was not served for longer. */
  long served;

  /** How many of its tasks have been placed. */
  long picks;

  /** Whether it counts as one of those that share. */
  boolean active;

  /** Whether it may queue more tasks. */
  boolean open;

  RunAccount(String id, int number) {
    this.id = id;
    this.number = number;
  }

  /** Returns its virtual time, as far as it counts. */
  long start(long now) {
    return Math.min(finish, now + most);
  }

  boolean isIdle() {
    return queued.size() == 0 && holding == 0;
  }

  /** Returns whether a lane has waited for its turn among the run's lanes. */
  boolean isDue(Lane lane) {
    return picks - lane.pickedAt() >= AGING * (long) lanes.size();
  }
}

package dev.millrace.schedule;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which of several runs is next. All amounts of a run are first made one number, its dominant
 * share: the largest share that it has of any resource of all workers together, divided by the
 * run's weight (Ghodsi et al., Dominant Resource Fairness, NSDI 2011).
 *
 * <p>Next is the run with the lowest <i>claim</i>: what it holds now, and what it was given
 * recently beyond its part. Neither would do alone.
 *
 * <ul>
 *   <li>What runs hold now (DRF as published) keeps a run of tasks of an hour from taking, one by
 *       one, every place that a run of tasks of a second gives up: counting what was given would
 *       call both equal when each was given as many tasks. But it cannot tell runs apart where
 *       there are fewer places than runs, and gives two runs of weights 2 and 1 the same on two
 *       places.
 *   <li>What runs were given is start-time fair queueing (Goyal et al., SIGCOMM 1996): each placed
 *       task moves its run's virtual time on by its share, and a run that comes, or comes back,
 *       starts at the virtual time of the whole, so that nobody saves up and nobody who comes late
 *       is behind. The virtual time of the whole moves on with all that is placed, divided by the
 *       weights of those who share, as in the fluid model; that of the last placed task, as in the
 *       paper, would leap ahead with a run that has some resource for itself.
 * </ul>
 *
 * <p>The claim is their sum, of which the second part counts for less than the last task that the
 * run was given. So a difference of a task or more in what is held decides alone, and long tasks
 * never displace short ones; smaller differences, by which weights are kept or lost where places
 * are few, are decided by what was given.
 *
 * <p>For two runs that always have tasks, of one size and as long as each other, this bounds for
 * all time by how much more the one is given than the other: by two tasks of each.
 *
 * <p>All is in whole numbers, so what is added when a task is placed is exactly taken back when it
 * ends.
 */
final class FairShare {
  /**
   * All that there is of a resource. Parts are small enough for one of a million places, and
   * virtual time lasts for 2<sup>31</sup> times all that there is.
   */
  static final long WHOLE = 1L << 32;

  /** What a run was given beyond its part is remembered up to so many of its tasks. */
  private static final long MEMORY = 2;

  private final Map<String, RunAccount> runs = new HashMap<>();
  private long now;
  private double weights;
  private int active;
  private long lastServed;
  private int lastNumber;

  /** Returns the virtual time. */
  long now() {
    return now;
  }

  /** Returns the account of a run, or null where nothing is known of it. */
  @Nullable RunAccount find(String run) {
    return runs.get(run);
  }

  /** Returns the account of a run that may be new. */
  RunAccount account(String run) {
    RunAccount known = runs.get(run);
    if (known == null) {
      known = new RunAccount(run, lastNumber++);
      known.served = ++lastServed;
      runs.put(run, known);
    }
    return known;
  }

  void setWeight(RunAccount run, double weight) {
    if (run.active) {
      weights += weight - run.weight;
    }
    run.weight = weight;
  }

  /** Looks at what a run has after that has changed. */
  void settle(RunAccount run) {
    if (run.active == run.isIdle()) {
      run.active = !run.active;
      active += run.active ? 1 : -1;
      weights = active == 0 ? 0 : weights + (run.active ? run.weight : -run.weight);
    }
    if (!run.active && !run.open) {
      runs.remove(run.id);
    }
  }

  /** Returns what a share is by the weight of a run. */
  static long byWeight(RunAccount run, long share) {
    return Math.max(1, Math.round(share / run.weight));
  }

  /** Lets a run hold more, by its weight. */
  void hold(RunAccount run, long own) {
    run.holding++;
    run.held += own;
    settle(run);
  }

  /** Takes back what a run held. */
  void release(RunAccount run, long own) {
    run.holding--;
    run.held -= own;
    settle(run);
  }

  /** Moves virtual times on by a share that was given to a run. */
  void serve(RunAccount run, long share, long own) {
    long start = Math.max(run.finish, now);
    long latest = now + MEMORY * own;
    run.finish = Math.max(start, Math.min(start + own, latest));
    run.most = own - 1;
    run.served = ++lastServed;
    now += Math.max(1, Math.round(share / weights));
  }

  private long claim(RunAccount run) {
    return run.held + Math.max(now, run.start(now));
  }

  /** Returns whether the head of a lane comes before that of another lane of the same priority. */
  boolean isBefore(Lane one, Lane other) {
    if (one.run() == other.run()) {
      return isBeforeInRun(one, other);
    }
    long claim = claim(one.run());
    long otherClaim = claim(other.run());
    return claim < otherClaim || (claim == otherClaim && one.run().served < other.run().served);
  }

  /**
   * Within a run the heavier head comes first; of as many tasks as the run has lanes, times
   * sixteen, one is of the lane that waits longest, so that none waits for ever.
   */
  private static boolean isBeforeInRun(Lane one, Lane other) {
    RunAccount run = one.run();
    boolean due = run.isDue(one);
    if (due != run.isDue(other)) {
      return due;
    }
    if (due && one.pickedAt() != other.pickedAt()) {
      return one.pickedAt() < other.pickedAt();
    }
    return Lane.isBefore(one.head(), other.head());
  }
}

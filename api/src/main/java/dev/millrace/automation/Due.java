package dev.millrace.automation;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is to be done about a schedule at some moment.
 *
 * @param fire scheduled instants to start runs for, in order
 * @param missed the first instant that is passed over because it is too late for it, or null
 */
record Due(List<Instant> fire, @Nullable Instant missed) {
  /** Up to this late, a time counts as kept: a server that starts again takes moments. */
  static final Duration GRACE = Duration.ofMinutes(1);

  /** A clock that was wrong by more than this is not waited for. */
  static final Duration LONGEST_BACK = Duration.ofDays(1);

  private static final Duration FIRST_LOOK = Duration.ofMinutes(1);
  private static final int GROWTH = 8;

  Due {
    fire = List.copyOf(fire);
  }

  /**
   * Decides.
   *
   * @param settled all instants up to this one have been dealt with
   */
  static Due at(Schedule schedule, Instant settled, Instant now) {
    Instant first = schedule.next(settled);
    if (first == null || first.isAfter(now)) {
      return new Due(List.of(), null);
    }
    List<Instant> fire =
        switch (schedule.catchUp()) {
          case SKIP -> newest(schedule, later(settled, now.minus(GRACE)), now, Integer.MAX_VALUE);
          case LATEST -> newest(schedule, settled, now, 1);
          case ALL -> newest(schedule, settled, now, schedule.catchUpLimit());
        };
    boolean passed = fire.isEmpty() || fire.getFirst().isAfter(first);
    return new Due(fire, passed ? first : null);
  }

  /**
   * Returns from when on a schedule is looked at: a clock that was set back is waited for, so that
   * nothing is due twice; one that had been far ahead is not, for that could take years.
   */
  static Instant settled(Instant recorded, Instant now) {
    return recorded.isAfter(now.plus(LONGEST_BACK)) ? now : recorded;
  }

  /** Returns the newest instants in an interval, in order, without a walk over all of it. */
  private static List<Instant> newest(Schedule schedule, Instant after, Instant to, int most) {
    Duration look = FIRST_LOOK;
    while (true) {
      Instant from = later(after, to.minus(look));
      Deque<Instant> found = new ArrayDeque<>();
      for (Instant at = schedule.next(from);
          at != null && !at.isAfter(to);
          at = schedule.next(at)) {
        found.add(at);
        if (found.size() > most) {
          found.remove();
        }
      }
      if (from.equals(after) || found.size() == most) {
        return List.copyOf(found);
      }
      look = look.multipliedBy(GROWTH);
    }
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }
}

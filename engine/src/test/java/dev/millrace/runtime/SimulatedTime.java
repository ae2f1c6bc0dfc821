package dev.millrace.runtime;

import java.util.PriorityQueue;
import java.util.SplittableRandom;

/**
 * The clock of a simulation, what is to happen when, and the one source of chance. What is due at
 * the same time happens in the order in which it was asked for.
 */
final class SimulatedTime {
  private static final long BEGIN = 1_700_000_000_000L;

  private final PriorityQueue<Due> due = new PriorityQueue<>();
  private final SplittableRandom random;
  private long now = BEGIN;
  private long asked;
  private long trace;

  private record Due(long at, long number, Runnable what) implements Comparable<Due> {
    @Override
    public int compareTo(Due other) {
      int byTime = Long.compare(at, other.at);
      return byTime != 0 ? byTime : Long.compare(number, other.number);
    }
  }

  SimulatedTime(long seed) {
    random = new SplittableRandom(seed);
  }

  /** Returns the time in milliseconds since the epoch. */
  long now() {
    return now;
  }

  /** Returns how many milliseconds have passed. */
  long elapsed() {
    return now - BEGIN;
  }

  void in(long millis, Runnable what) {
    due.add(new Due(now + millis, asked++, what));
  }

  /** Lets the next thing happen; false when there is none. */
  boolean step() {
    Due next = due.poll();
    if (next == null) {
      return false;
    }
    now = next.at;
    note(next.number);
    next.what.run();
    return true;
  }

  /** Draws a number from 0 up to, but not including, {@code bound}. */
  int draw(int bound) {
    int drawn = random.nextInt(bound);
    note(drawn);
    return drawn;
  }

  /** Returns whether something comes about that happens once in so many times. */
  boolean oneIn(int times) {
    return draw(times) == 0;
  }

  double share() {
    return random.nextDouble();
  }

  private void note(long what) {
    trace = (trace ^ what ^ now) * 0x100000001b3L;
  }

  /** Returns a hash over all that has happened: equal seeds must give equal ones. */
  long trace() {
    return trace;
  }
}

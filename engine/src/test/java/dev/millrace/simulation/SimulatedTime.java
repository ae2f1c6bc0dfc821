package dev.millrace.simulation;

import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;

/** Virtual time, and all that is still to happen in it, in order. */
public final class SimulatedTime {
  /** A second in the unit that is counted here. */
  public static final long SECOND = 1_000_000;

  /** A millisecond in the unit that is counted here. */
  public static final long MILLI = 1_000;

  private static final long EPOCH_MILLIS = 1_700_000_000_000L;

  private final PriorityQueue<Due> due = new PriorityQueue<>(1024);
  private long sequence;
  private long nowMicros;

  private record Due(long atMicros, long sequence, Runnable what) implements Comparable<Due> {
    @Override
    public int compareTo(Due other) {
      int byTime = Long.compare(atMicros, other.atMicros);
      return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
    }
  }

  /** Returns microseconds since the beginning. */
  public long micros() {
    return nowMicros;
  }

  /** Returns milliseconds since the epoch, as engines see them. */
  public long millis() {
    return EPOCH_MILLIS + nowMicros / MILLI;
  }

  /** Has something happen later. */
  public void after(long delayMicros, Runnable what) {
    due.add(new Due(nowMicros + Math.max(0, delayMicros), sequence++, what));
  }

  /**
   * Lets time pass.
   *
   * @param untilMicros nothing later happens
   * @param enough asked after each thing that happened
   * @return whether it was enough
   */
  public boolean pass(long untilMicros, BooleanSupplier enough) {
    while (!enough.getAsBoolean()) {
      Due next = due.peek();
      if (next == null || next.atMicros > untilMicros) {
        nowMicros = untilMicros;
        return false;
      }
      due.remove();
      nowMicros = next.atMicros;
      next.what.run();
    }
    return true;
  }
}

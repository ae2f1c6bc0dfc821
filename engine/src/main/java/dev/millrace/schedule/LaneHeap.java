package dev.millrace.schedule;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Lanes by key, those of one key by when their run was served last. Keys lie beside each other. */
final class LaneHeap {
  private @Nullable Lane[] lanes = new @Nullable Lane[2];
  private long[] keys = new long[2];
  private long[] served = new long[2];
  private int size;

  boolean isEmpty() {
    return size == 0;
  }

  /** Returns the first lane, or null where there is none. */
  @Nullable Lane top() {
    return size == 0 ? null : lanes[0];
  }

  void add(Lane lane, long key) {
    if (size == lanes.length) {
      lanes = Arrays.copyOf(lanes, 2 * size);
      keys = Arrays.copyOf(keys, 2 * size);
      served = Arrays.copyOf(served, 2 * size);
    }
    lane.heap = this;
    lane.describe(key);
    rise(lane, size++);
  }

  void remove(Lane lane) {
    int hole = lane.index;
    Lane last = at(--size);
    lanes[size] = null;
    lane.heap = null;
    if (last != lane) {
      settle(last, hole);
    }
  }

  /** Puts a lane where its new key belongs. */
  void update(Lane lane, long key) {
    lane.describe(key);
    settle(lane, lane.index);
  }

  private void settle(Lane lane, int hole) {
    if (hole > 0 && isBefore(lane, (hole - 1) / 2)) {
      rise(lane, hole);
    } else {
      sink(lane, hole);
    }
  }

  private void rise(Lane lane, int start) {
    int hole = start;
    while (hole > 0 && isBefore(lane, (hole - 1) / 2)) {
      set(hole, at((hole - 1) / 2));
      hole = (hole - 1) / 2;
    }
    set(hole, lane);
  }

  private void sink(Lane lane, int start) {
    int hole = start;
    for (int child = 2 * hole + 1; child < size; child = 2 * hole + 1) {
      if (child + 1 < size && isBefore(child + 1, child)) {
        child++;
      }
      if (isBefore(lane, child)) {
        break;
      }
      set(hole, at(child));
      hole = child;
    }
    set(hole, lane);
  }

  private boolean isBefore(Lane lane, int index) {
    return lane.key < keys[index] || (lane.key == keys[index] && lane.served < served[index]);
  }

  private boolean isBefore(int one, int other) {
    return keys[one] < keys[other] || (keys[one] == keys[other] && served[one] < served[other]);
  }

  private Lane at(int index) {
    return Objects.requireNonNull(lanes[index]);
  }

  private void set(int index, Lane lane) {
    lanes[index] = lane;
    keys[index] = lane.key;
    served[index] = lane.served;
    lane.index = index;
  }
}

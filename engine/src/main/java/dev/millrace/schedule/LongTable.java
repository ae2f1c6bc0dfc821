package dev.millrace.schedule;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Values by number, without boxes: open addressing with linear probing, and no graves (Knuth, The
 * Art of Computer Programming, vol. 3, 6.4, algorithm R).
 */
final class LongTable<V> {
  private static final int SMALLEST = 8;

  private long[] keys = new long[SMALLEST];
  private @Nullable Object[] values = new @Nullable Object[SMALLEST];
  private int shift = Long.SIZE - Integer.numberOfTrailingZeros(SMALLEST);
  private int size;

  int size() {
    return size;
  }

  @SuppressWarnings("unchecked")
  @Nullable V get(long key) {
    return (V) values[find(key)];
  }

  /** Sets the value of a key, and returns the one that it had. */
  @SuppressWarnings("unchecked")
  @Nullable V put(long key, V value) {
    int slot = find(key);
    V before = (V) values[slot];
    keys[slot] = key;
    values[slot] = value;
    if (before == null && 2 * ++size > values.length) {
      grow();
    }
    return before;
  }

  /** Removes a key, and returns the value that it had. */
  @SuppressWarnings("unchecked")
  @Nullable V remove(long key) {
    int slot = find(key);
    V before = (V) values[slot];
    if (before != null) {
      size--;
      closeGap(slot);
    }
    return before;
  }

  /** Returns all values, in an order that depends on nothing but the keys put and removed. */
  @SuppressWarnings("unchecked")
  List<V> values() {
    List<V> all = new ArrayList<>(size);
    for (Object value : values) {
      if (value != null) {
        all.add((V) value);
      }
    }
    return all;
  }

  /** Returns where the key is, or the empty slot where it would be. */
  private int find(long key) {
    int mask = keys.length - 1;
    int slot = home(key);
    while (values[slot] != null && keys[slot] != key) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private int home(long key) {
    return (int) ((key * 0x9E3779B97F4A7C15L) >>> shift);
  }

  private void closeGap(int removed) {
    int mask = keys.length - 1;
    int gap = removed;
    int slot = gap;
    while (true) {
      values[gap] = null;
      do {
        slot = (slot + 1) & mask;
        if (values[slot] == null) {
          return;
        }
      } while (isBetween(gap, home(keys[slot]), slot));
      keys[gap] = keys[slot];
      values[gap] = values[slot];
      gap = slot;
    }
  }

  /** Returns whether, going round from the gap, the home of what is in the slot is met first. */
  private static boolean isBetween(int gap, int home, int slot) {
    return gap <= slot ? gap < home && home <= slot : gap < home || home <= slot;
  }

  private void grow() {
    long[] oldKeys = keys;
    @Nullable Object[] oldValues = values;
    shift--;
    keys = new long[2 * oldKeys.length];
    values = new @Nullable Object[2 * oldKeys.length];
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldValues[i] != null) {
        int slot = find(oldKeys[i]);
        keys[slot] = oldKeys[i];
        values[slot] = oldValues[i];
      }
    }
  }
}

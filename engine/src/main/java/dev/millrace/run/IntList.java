package dev.millrace.run;

import java.util.Arrays;

/** A growing list of ints, without boxes. */
public final class IntList {
  private int[] items = new int[8];
  private int size;

  /** Appends a number. */
  public void add(int item) {
    if (size == items.length) {
      items = Arrays.copyOf(items, 2 * size);
    }
    items[size++] = item;
  }

  /** Returns how many there are. */
  public int size() {
    return size;
  }

  /** Returns whether there are none. */
  public boolean isEmpty() {
    return size == 0;
  }

  /** Returns the number at {@code index}. */
  public int get(int index) {
    return items[index];
  }

  void clear() {
    size = 0;
  }

  /** Removes and returns the last number. */
  int removeLast() {
    return items[--size];
  }

  /** Returns all numbers in order. */
  public int[] toArray() {
    return Arrays.copyOf(items, size);
  }
}

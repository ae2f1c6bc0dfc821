package dev.millrace.plan;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Finds circles in a graph, by a depth-first search without recursion: of those that share steps,
 * the first that is met. Each knot of steps that depend on each other gives at least one.
 */
final class Circles {

  private final int[][] above;
  private final int[] stack;

  /** Where in the stack a step is, from 1; 0 before it is met, -1 when it is done with. */
  private final int[] depth;

  private final int[] next;
  private final boolean[] reported;
  private final List<List<Integer>> found = new ArrayList<>();

  /**
   * A graph.
   *
   * @param waiting 0 for those steps that are in no circle
   */
  Circles(int[][] above, int[] waiting) {
    this.above = above;
    this.stack = new int[above.length];
    this.depth = new int[above.length];
    this.next = new int[above.length];
    this.reported = new boolean[above.length];
    for (int i = 0; i < above.length; i++) {
      depth[i] = waiting[i] == 0 ? -1 : 0;
    }
  }

  /** Returns circles, each in the direction of the data, from the first of its steps. */
  List<List<Integer>> find() {
    for (int i = 0; i < above.length; i++) {
      if (depth[i] == 0) {
        search(i);
      }
    }
    return found;
  }

  private void search(int start) {
    int top = push(0, start);
    while (top > 0) {
      int step = stack[top - 1];
      if (next[step] == above[step].length) {
        depth[step] = -1;
        top--;
        continue;
      }
      int dependency = above[step][next[step]++];
      if (depth[dependency] == 0) {
        top = push(top, dependency);
      } else if (depth[dependency] > 0) {
        close(depth[dependency] - 1, top);
      }
    }
  }

  private int push(int top, int step) {
    stack[top] = step;
    depth[step] = top + 1;
    return top + 1;
  }

  private void close(int from, int to) {
    List<Integer> circle = new ArrayList<>(to - from);
    for (int i = to - 1; i >= from; i--) {
      if (reported[stack[i]]) {
        return;
      }
      circle.add(stack[i]);
    }
    circle.forEach(step -> reported[step] = true);
    Collections.rotate(circle, -circle.indexOf(Collections.min(circle)));
    found.add(circle);
  }
}

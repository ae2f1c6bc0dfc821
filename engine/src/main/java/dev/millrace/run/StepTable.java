package dev.millrace.run;

import dev.millrace.json.JsonArray;
import dev.millrace.run.StepNode.Link;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The steps of a run: their links turned round, and how many of their tasks have come to what. */
final class StepTable {
  final List<StepNode> nodes;
  final int[][] joinedAbove;
  final int[][] joinedBelow;
  final int[][] barrierBelow;
  final int[][] alikeBelow;
  final int[] first;
  final int[] count;
  final int[] unsettled;
  final int[] failed;
  final int[] blocked;
  final int[] skipped;
  final int[] cancelled;

  /** Barrier links upwards that are not settled. */
  final int[] openBarriers;

  /** What the settled ones have come to: bits of {@link Upstream}. */
  final byte[] barrierBits;

  final boolean[] listMissing;
  final @Nullable JsonArray[] items;
  int unexpanded;

  StepTable(List<StepNode> nodes) {
    int n = nodes.size();
    this.nodes = List.copyOf(nodes);
    joinedAbove = joinedAbove(nodes);
    joinedBelow = below(nodes, true);
    barrierBelow = below(nodes, false);
    alikeBelow = alike(nodes);
    first = new int[n];
    count = new int[n];
    Arrays.fill(count, StepNode.AT_RUN_TIME);
    unsettled = new int[n];
    failed = new int[n];
    blocked = new int[n];
    skipped = new int[n];
    cancelled = new int[n];
    openBarriers = new int[n];
    barrierBits = new byte[n];
    for (int step = 0; step < n; step++) {
      openBarriers[step] = nodes.get(step).upstream().size() - joinedAbove[step].length;
    }
    listMissing = new boolean[n];
    items = new @Nullable JsonArray[n];
    unexpanded = n;
  }

  private static int[][] joinedAbove(List<StepNode> nodes) {
    int[][] above = new int[nodes.size()][];
    for (int step = 0; step < above.length; step++) {
      above[step] =
          nodes.get(step).upstream().stream().filter(Link::joined).mapToInt(Link::step).toArray();
    }
    return above;
  }

  private static int[][] below(List<StepNode> nodes, boolean joined) {
    int[] sizes = new int[nodes.size()];
    for (StepNode node : nodes) {
      for (Link link : node.upstream()) {
        sizes[link.step()] += link.joined() == joined ? 1 : 0;
      }
    }
    int[][] below = new int[nodes.size()][];
    Arrays.setAll(below, step -> new int[sizes[step]]);
    for (int step = nodes.size() - 1; step >= 0; step--) {
      for (Link link : nodes.get(step).upstream()) {
        if (link.joined() == joined) {
          below[link.step()][--sizes[link.step()]] = step;
        }
      }
    }
    return below;
  }

  /**
   * Lists, for each step whose tasks come from a list, all that are like it at whatever remove, in
   * the order of the steps: one may be joined to any of those before it.
   */
  private static int[][] alike(List<StepNode> nodes) {
    IntList[] lists = new IntList[nodes.size()];
    Arrays.setAll(lists, step -> new IntList());
    int[] roots = new int[nodes.size()];
    for (int step = 0; step < nodes.size(); step++) {
      StepNode node = nodes.get(step);
      boolean isAlike = node.size() == StepNode.AT_RUN_TIME && node.like() >= 0;
      roots[step] = isAlike ? roots[node.like()] : step;
      if (isAlike) {
        lists[roots[step]].add(step);
      }
    }
    int[][] alike = new int[nodes.size()][];
    Arrays.setAll(alike, step -> lists[step].toArray());
    return alike;
  }

  boolean expanded(int step) {
    return count[step] != StepNode.AT_RUN_TIME;
  }

  boolean settled(int step) {
    return expanded(step) && unsettled[step] == 0;
  }

  /** Returns whether the step that lists the items of this one has ended well. */
  boolean listIsThere(int step) {
    int source = nodes.get(step).listFrom();
    return source >= 0 && settled(source) && Upstream.ofStep(this, source) == 0;
  }

  /** Forgets the tasks of a step, as if its list had not been read yet. */
  void retire(int step) {
    count[step] = StepNode.AT_RUN_TIME;
    first[step] = 0;
    unsettled[step] = 0;
    items[step] = null;
    listMissing[step] = false;
    unexpanded++;
  }

  /** Forgets what the tasks of all steps have come to. */
  void clearCounts() {
    for (int[] counts : List.of(unsettled, failed, blocked, skipped, cancelled)) {
      Arrays.fill(counts, 0);
    }
  }

  /** Counts a task that has ended. */
  void count(int step, TaskStatus status) {
    switch (status) {
      case TaskStatus.Failed _ -> failed[step]++;
      case TaskStatus.Cancelled _ -> cancelled[step]++;
      case TaskStatus.Skipped(SkipCause cause) ->
          (cause == SkipCause.UPSTREAM_FAILED ? blocked : skipped)[step]++;
      case TaskStatus.Succeeded _,
          TaskStatus.Waiting _,
          TaskStatus.Ready _,
          TaskStatus.Held _,
          TaskStatus.Queued _,
          TaskStatus.Running _,
          TaskStatus.Backoff _,
          TaskStatus.Retired _ -> {}
    }
  }
}

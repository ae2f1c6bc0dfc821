package dev.millrace.run;

import java.util.EnumMap;
import java.util.Map;

/** How many tasks are in each phase. */
final class PhaseCounts {
  private final Map<TaskPhase, int[]> counts = new EnumMap<>(TaskPhase.class);
  private int cached;

  PhaseCounts() {
    for (TaskPhase phase : TaskPhase.values()) {
      counts.put(phase, new int[1]);
    }
  }

  int of(TaskPhase phase) {
    return cell(phase)[0];
  }

  int cached() {
    return cached;
  }

  void waiting(int more) {
    cell(TaskPhase.WAITING)[0] += more;
  }

  void change(TaskStatus from, TaskStatus to) {
    cell(from.phase())[0]--;
    cell(to.phase())[0]++;
    cached += isCached(to) - isCached(from);
  }

  private static int isCached(TaskStatus status) {
    return status instanceof TaskStatus.Succeeded succeeded && succeeded.cached() ? 1 : 0;
  }

  private int[] cell(TaskPhase phase) {
    int[] cell = counts.get(phase);
    if (cell == null) {
      throw new IllegalStateException("no count of " + phase);
    }
    return cell;
  }
}

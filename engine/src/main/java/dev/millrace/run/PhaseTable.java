package dev.millrace.run;

import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

/** The legal changes of {@link TaskPhase#next}, made once for the gate that all go through. */
final class PhaseTable {
  private static final Map<TaskPhase, Set<TaskPhase>> NEXT = new EnumMap<>(TaskPhase.class);

  static {
    for (TaskPhase phase : TaskPhase.values()) {
      NEXT.put(phase, phase.next());
    }
  }

  private PhaseTable() {}

  static boolean allows(TaskPhase from, TaskPhase to) {
    Set<TaskPhase> next = NEXT.get(from);
    return next != null && next.contains(to);
  }
}

package dev.millrace.cli;

import dev.millrace.run.TaskPhase;
import dev.millrace.runtime.RunView;

/**
 * How far a run is.
 *
 * @param tasks number of tasks that are known
 * @param open whether more may come from lists that the run makes
 * @param succeeded with those from the cache
 * @param cached those from the cache alone
 * @param held tasks that wait for an approval
 * @param differed attempts that left another result than the one recorded
 */
record Progress(
    int tasks,
    boolean open,
    int succeeded,
    int cached,
    int failed,
    int skipped,
    int cancelled,
    int held,
    int differed) {

  /** Nothing is known yet. */
  static final Progress NONE = new Progress(0, true, 0, 0, 0, 0, 0, 0, 0);

  /** Reads it off a run. */
  static Progress of(RunView run) {
    return new Progress(
        run.tasks(),
        run.isOpen(),
        run.count(TaskPhase.SUCCEEDED),
        run.cached(),
        run.count(TaskPhase.FAILED),
        run.count(TaskPhase.SKIPPED),
        run.count(TaskPhase.CANCELLED),
        run.count(TaskPhase.HELD),
        run.differed());
  }

  /** Returns the number of tasks that have ended. */
  int done() {
    return succeeded + failed + skipped + cancelled;
  }

  /** Returns the number of tasks that succeeded by running. */
  int ran() {
    return succeeded - cached;
  }
}

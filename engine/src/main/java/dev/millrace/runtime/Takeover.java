package dev.millrace.runtime;

import dev.millrace.dispatch.Assignment;
import dev.millrace.dispatch.AttemptRef;
import dev.millrace.dispatch.PreparedTask;
import dev.millrace.dispatch.WorkerAgent;
import dev.millrace.run.RunState;
import dev.millrace.run.TaskStatus;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Has attempts of dead engines go on that their runs still want, and ends the others.
 *
 * @param attempts where they go on
 * @param worker that holds them from then on
 */
record Takeover(
    Leftovers leftovers, SandboxedAttempts attempts, WorkerAgent worker, Observation observation) {

  /**
   * The attempts of one run that go on.
   *
   * @param tasks what they run, by task number
   * @param found where they are, likewise
   */
  record Kept(Map<Integer, PreparedTask> tasks, Map<Integer, Leftovers.Found> found) {}

  /** Finds a run's attempts before the run goes on: nobody else changes its state meanwhile. */
  Kept claim(RunContext context, RunState state) {
    Map<AttemptRef, Leftovers.Found> claimed = leftovers.claim(context.id());
    Kept kept = new Kept(new HashMap<>(), new HashMap<>());
    if (!claimed.isEmpty()) {
      Snapshots snapshots = new Snapshots(context.plan(), state);
      TaskPreparer preparer = new TaskPreparer(context);
      claimed.forEach(
          (attempt, found) -> {
            PreparedTask task = stillWanted(attempt, state, snapshots, preparer);
            if (task == null) {
              found.discard();
            } else {
              kept.tasks.put(attempt.task(), task);
              kept.found.put(attempt.task(), found);
            }
          });
    }
    return kept;
  }

  /** An attempt is wanted if it runs as far as the run knows, and runs what would run now. */
  private static @Nullable PreparedTask stillWanted(
      AttemptRef attempt, RunState state, Snapshots snapshots, TaskPreparer preparer) {
    if (attempt.task() >= state.tasks()
        || !(state.status(attempt.task()) instanceof TaskStatus.Running running)
        || running.attempt() != attempt.attempt()) {
      return null;
    }
    TaskSnapshot snapshot = snapshots.of(attempt.task()).asAttempt(attempt.attempt());
    return switch (preparer.prepare(List.of(snapshot)).found().stream().findFirst().orElse(null)) {
      case Preparation.Miss(var task, _) when task.key().equals(running.key()) -> task;
      case null, default -> null;
    };
  }

  /**
   * Goes on with them. Their run knows already that they run here.
   *
   * @param epoch of the run's owner
   */
  void adopt(Kept kept, long epoch) {
    kept.found.forEach(
        (number, found) -> {
          PreparedTask task = kept.tasks.get(number);
          if (task != null) {
            AttemptRef ref = AttemptRef.parse(found.leftover().attemptId());
            worker.adopt(
                new Assignment(task, ref.attempt()),
                epoch,
                observation.observed(attempts.adopting(found)));
          }
        });
  }
}

package dev.millrace.simulation.invariant;

import dev.millrace.cache.ActionKey;
import dev.millrace.content.Artifact;
import dev.millrace.pipeline.CacheSpec;
import dev.millrace.run.RunEvent;
import dev.millrace.run.TaskStatus;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;

/**
 * Equal actions yield equal results, unless it was reported that they do not.
 *
 * <p>A worker that finds a difference reports it with the result, so the fact of it comes after the
 * result can be found, and never if the worker and its report are lost first. Nor can a result be
 * compared with one that was not recorded, for want of space.
 */
public final class EqualActionsYieldOneResult implements Invariant {
  private final Map<ActionKey, SortedMap<String, Artifact>> results = new HashMap<>();
  private final Set<ActionKey> reported = new HashSet<>();

  @Override
  public void check(Happening happening, Durable before) {
    if (happening instanceof Happening.Committed committed) {
      Durable.Run run = before.run(committed.run());
      switch (committed.fact()) {
        case RunEvent.ResultDiffered differed -> {
          if (run.state().status(differed.task()) instanceof TaskStatus.Running running) {
            reported.add(running.key());
          }
        }
        case RunEvent.AttemptSucceeded(int task, _, var result) -> {
          if (run.state().status(task) instanceof TaskStatus.Running running
              && run.plan().step(run.state().stepOf(task)).step().cache().mode()
                  != CacheSpec.Mode.OFF) {
            check(committed, running.key(), result.outputs());
          }
        }
        case RunEvent.TaskCached(_, var key, var result, _) ->
            check(committed, key, result.outputs());
        default -> {}
      }
    } else if (happening instanceof Happening.MayDiffer(var key, _)) {
      reported.add(key);
    }
  }

  private void check(Happening.Committed fact, ActionKey key, SortedMap<String, Artifact> outputs) {
    SortedMap<String, Artifact> known = results.putIfAbsent(key, outputs);
    if (known != null && !known.equals(outputs) && !reported.contains(key)) {
      throw broken("nobody reported that " + fact + " differs from " + known);
    }
  }
}

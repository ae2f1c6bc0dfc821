package dev.millrace.runtime.invariant;

import dev.millrace.cache.ActionKey;
import dev.millrace.cache.ActionResult;
import dev.millrace.content.Artifact;
import dev.millrace.run.RunEvent;
import dev.millrace.run.RunEvent.AttemptSucceeded;
import dev.millrace.run.RunEvent.ResultDiffered;
import dev.millrace.run.RunEvent.TaskCached;
import dev.millrace.run.RunEvent.TaskQueued;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * All tasks whose actions are equal come to equal outputs, unless it was reported that an attempt
 * left others, or blobs of the outputs were lost, so that they had to be made again.
 */
public final class EqualActionsYieldOneResult implements Invariant {
  private final Map<ActionKey, Map<String, Artifact>> outputs = new HashMap<>();
  private final Map<String, ActionKey> queued = new HashMap<>();
  private final Set<ActionKey> reported = new HashSet<>();

  @Override
  public void observe(Observation observation) {
    if (observation instanceof Observation.Committed(_, var run, _, _, var facts)) {
      facts.forEach(fact -> see(run, fact));
    }
    if (observation instanceof Observation.BlobLost(var lost)) {
      outputs
          .values()
          .removeIf(
              left -> left.values().stream().anyMatch(artifact -> artifact.digest().equals(lost)));
    }
  }

  private void see(String run, RunEvent fact) {
    switch (fact) {
      case TaskQueued(int task, var key, _) -> queued.put(run + "/" + task, key);
      case ResultDiffered(int task, _, _, _) -> reported.add(key(run, task));
      case TaskCached(_, var key, var result, _) -> result(run, key, result);
      case AttemptSucceeded(int task, _, var result) -> result(run, key(run, task), result);
      default -> {}
    }
  }

  private ActionKey key(String run, int task) {
    ActionKey key = queued.get(run + "/" + task);
    if (key == null) {
      throw new Violation(this, run + "/" + task + " has a result and was never queued");
    }
    return key;
  }

  private void result(String run, ActionKey key, ActionResult result) {
    Map<String, Artifact> before = outputs.putIfAbsent(key, result.outputs());
    if (before != null && !before.equals(result.outputs()) && !reported.contains(key)) {
      throw new Violation(
          this,
          "%s came to %s in %s, and to %s before, and nothing was said of it"
              .formatted(key, result.outputs(), run, before));
    }
  }
}

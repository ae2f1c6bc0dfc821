package dev.millrace.runtime.invariant;

import java.util.HashMap;
import java.util.Map;

/** In an epoch one engine commits, and once a later epoch was claimed nobody does in it. */
public final class NoTwoOwnersCommitInOneEpoch implements Invariant {
  private final Map<String, Long> newest = new HashMap<>();
  private final Map<String, String> owners = new HashMap<>();

  @Override
  public void observe(Observation observation) {
    if (observation instanceof Observation.Claimed(var run, long epoch, _)) {
      newest.merge(run, epoch, Math::max);
    }
    if (observation instanceof Observation.Committed(var engine, var run, long epoch, _, _)) {
      if (epoch < newest.getOrDefault(run, 1L)) {
        throw new Violation(
            this, engine + " committed to " + run + " in epoch " + epoch + ", which is over");
      }
      String owner = owners.putIfAbsent(run + "@" + epoch, engine);
      if (owner != null && !owner.equals(engine)) {
        throw new Violation(
            this, owner + " and " + engine + " committed to " + run + " in epoch " + epoch);
      }
    }
  }
}

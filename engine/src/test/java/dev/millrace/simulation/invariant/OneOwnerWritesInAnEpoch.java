package dev.millrace.simulation.invariant;

import java.util.HashMap;
import java.util.Map;

/** Only the owner that claimed a run last writes facts of it, and no two have the same epoch. */
public final class OneOwnerWritesInAnEpoch implements Invariant {
  private final Map<String, Happening.Claimed> newest = new HashMap<>();

  @Override
  public void check(Happening happening, Durable before) {
    if (happening instanceof Happening.Claimed claimed) {
      Happening.Claimed former = newest.put(claimed.run(), claimed);
      if (former != null && former.epoch() >= claimed.epoch()) {
        throw broken(claimed + " comes after " + former);
      }
    } else if (happening instanceof Happening.Committed committed) {
      Happening.Claimed owner = newest.get(committed.run());
      if (owner == null
          || owner.epoch() != committed.epoch()
          || !owner.owner().equals(committed.owner())) {
        throw broken("a stale owner's append is accepted: " + committed + ", but " + owner);
      }
    }
  }
}

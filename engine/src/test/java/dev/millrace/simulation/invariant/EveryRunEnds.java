package dev.millrace.simulation.invariant;

/** When faults stop, every run ends within bounded time. */
public final class EveryRunEnds implements Invariant {
  @Override
  public void check(Happening happening, Durable before) {
    if (happening instanceof Happening.TimeUp(var unfinished) && !unfinished.isEmpty()) {
      throw broken("these do not end: " + unfinished);
    }
  }
}

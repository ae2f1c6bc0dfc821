package dev.millrace.simulation.invariant;

/** Long after all runs have ended, no worker holds anything of them. */
public final class NothingIsLeftBehind implements Invariant {
  @Override
  public void check(Happening happening, Durable before) {
    if (happening instanceof Happening.LeftOver leftOver) {
      throw broken("a worker still has " + leftOver);
    }
  }
}

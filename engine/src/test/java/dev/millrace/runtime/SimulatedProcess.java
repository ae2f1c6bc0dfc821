package dev.millrace.runtime;

import java.util.ArrayList;
import java.util.List;

/**
 * A process that can be stopped for a while, as by the system, and killed. What would run in it
 * waits, or never runs.
 */
class SimulatedProcess {
  private final List<Runnable> deferred = new ArrayList<>();
  private boolean dead;
  private boolean frozen;

  boolean isDead() {
    return dead;
  }

  boolean isFrozen() {
    return frozen;
  }

  boolean runs() {
    return !dead && !frozen;
  }

  void kill() {
    dead = true;
    deferred.clear();
  }

  void freeze() {
    frozen = true;
  }

  void thaw() {
    frozen = false;
    List<Runnable> waiting = List.copyOf(deferred);
    deferred.clear();
    waiting.forEach(this::run);
  }

  /** Runs something in the process. */
  final void run(Runnable what) {
    if (frozen && !dead) {
      deferred.add(what);
    } else if (!dead) {
      what.run();
    }
  }
}

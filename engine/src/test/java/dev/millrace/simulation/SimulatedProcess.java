package dev.millrace.simulation;

import java.util.ArrayList;
import java.util.List;

/** A process: may be stopped for a while, as by a signal or a full swap, and killed for good. */
public final class SimulatedProcess {
  private final String name;
  private final SimulatedTime time;
  private final List<Runnable> waiting = new ArrayList<>();
  private boolean alive = true;
  private boolean paused;
  private boolean isolated;

  /** A living one. */
  public SimulatedProcess(String name, SimulatedTime time) {
    this.name = name;
    this.time = time;
  }

  /** Returns its name, new with each start of it. */
  public String name() {
    return name;
  }

  /** Returns whether it was not killed. */
  public boolean isAlive() {
    return alive;
  }

  /** Returns whether it lives and goes on. */
  public boolean isRunning() {
    return alive && !paused;
  }

  /** Returns whether no message reaches it or leaves it. */
  public boolean isIsolated() {
    return isolated;
  }

  /** Cuts it off the network, or connects it again. */
  public void setIsolated(boolean cutOff) {
    isolated = cutOff;
  }

  /** Runs something here: now, at the end of its pause, or never if it is dead. */
  public void run(Runnable what) {
    if (!alive) {
      return;
    }
    if (paused) {
      waiting.add(what);
    } else {
      what.run();
    }
  }

  /** Runs something here after a while. */
  public void after(long delayMicros, Runnable what) {
    time.after(delayMicros, () -> run(what));
  }

  /** Stops it until {@link #resume}. */
  public void pause() {
    paused = true;
  }

  /** Lets it go on; it knows nothing of the time that has passed. */
  public void resume() {
    paused = false;
    List<Runnable> missed = List.copyOf(waiting);
    waiting.clear();
    missed.forEach(what -> after(0, what));
  }

  /** Ends it: nothing more happens here. */
  public void kill() {
    alive = false;
    waiting.clear();
  }
}

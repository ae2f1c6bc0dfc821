package dev.millrace.cli;

import dev.millrace.daemon.ClientLife;

/**
 * The signals of the client of a daemon.
 *
 * @param life what the daemon knows of it
 */
record CallSignals(ClientLife life) implements Signals {
  @Override
  public Registration onInterrupt(Runnable listener) {
    life.onInterrupt(listener);
    return () -> life.onInterrupt(ClientLife.NOTHING);
  }

  @Override
  public void onResize(Runnable listener) {
    life.onResize(listener);
  }

  @Override
  public Registration onAbandoned(Runnable listener) {
    life.onAbandoned(listener);
    return () -> life.onAbandoned(ClientLife.NOTHING);
  }

  @Override
  public void halt(int exitCode) {
    life.halt(exitCode);
  }
}

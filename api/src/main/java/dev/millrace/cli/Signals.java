package dev.millrace.cli;

/**
 * What happens to the process of a command from outside. Listeners are called on other threads and
 * must not wait; one that is given replaces the one before.
 */
interface Signals {
  /** Does nothing. */
  Runnable NOTHING = () -> {};

  /** Listens to SIGINT and SIGTERM, as long as the registration is open. */
  Registration onInterrupt(Runnable listener);

  /** Listens to changes of the terminal's size. */
  void onResize(Runnable listener);

  /**
   * Listens to whether the command has to leave everything as if its process had been killed:
   * somebody did that to the process it was given to, and this one goes on.
   */
  Registration onAbandoned(Runnable listener);

  /** Ends the process of the command at once, however the command stands. */
  void halt(int exitCode);

  /** Ends when it is closed. */
  interface Registration extends AutoCloseable {
    @Override
    void close();
  }
}

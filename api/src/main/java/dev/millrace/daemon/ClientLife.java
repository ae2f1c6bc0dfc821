package dev.millrace.daemon;

/**
 * What happens to a client while its command is carried out. Listeners are called on threads of the
 * daemon and must not wait; one that is given replaces the one before.
 */
public interface ClientLife {
  /** Does nothing. */
  Runnable NOTHING = () -> {};

  /**
   * Listens to SIGINT and SIGTERM, until {@link #NOTHING} is given. While nobody does, either ends
   * the command as it would end a process.
   */
  void onInterrupt(Runnable listener);

  /** Listens to changes of the terminal's size. */
  void onResize(Runnable listener);

  /**
   * Listens to the end of the client: it was killed, or its terminal is gone. What it had begun is
   * to be left as if this process had been killed; nothing it writes is read any more.
   */
  void onAbandoned(Runnable listener);

  /**
   * Ends the command from the client's point of view, however it stands, and this process as soon
   * as no other command is being carried out. Does nothing where the command has ended.
   */
  void halt(int exitCode);
}

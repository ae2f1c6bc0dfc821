package dev.millrace.dispatch;

/**
 * Carries messages. It may lose, double and delay them: a hint, never a promise. Safe to call from
 * any thread; the receiver runs on its own loop, and within the call only where that says so.
 */
public interface Post {

  /** Sends to the placement loop, wherever it runs now. */
  void toPlacement(ToPlacement message);

  /** Sends to the owner of the message's run, wherever it is now; to any engine if it has none. */
  void toOwner(ToOwner message);

  /**
   * Sends to the owner likewise, from a thread that has nothing else to do: the owner may run on it
   * within the call.
   */
  default void toOwnerHere(ToOwner message) {
    toOwner(message);
  }

  /**
   * Sends to a worker.
   *
   * @param worker its address
   */
  void toWorker(String worker, ToWorker message);
}

package dev.millrace.dispatch;

/**
 * Carries messages. It may lose, double and delay them: a hint, never a promise. Safe to call from
 * any thread; the receiver runs on its own loop, never within the call.
 */
public interface Post {

  /** Sends to the placement loop, wherever it runs now. */
  void toPlacement(ToPlacement message);

  /** Sends to the owner of the message's run, wherever it is now; to any engine if it has none. */
  void toOwner(ToOwner message);

  /**
   * Sends to a worker.
   *
   * @param worker its address
   */
  void toWorker(String worker, ToWorker message);
}

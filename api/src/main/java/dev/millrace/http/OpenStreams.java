package dev.millrace.http;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The streams of events and logs that somebody follows. When the server stops, all are ended as if
 * their connections had been cut: whoever follows comes again, and goes on. Safe for use by many
 * threads.
 */
final class OpenStreams {
  private final Set<Runnable> open = ConcurrentHashMap.newKeySet();
  private volatile boolean left;

  /**
   * Notes a stream.
   *
   * @param leave ends it, on any thread; without effect once it has ended
   */
  void add(Runnable leave) {
    open.add(leave);
    if (left) {
      leave.run();
    }
  }

  /** Forgets a stream that has ended. */
  void remove(Runnable leave) {
    open.remove(leave);
  }

  /** Returns how many there are. */
  int size() {
    return open.size();
  }

  /** Ends all of them, and from now on each that begins. */
  void leaveAll() {
    left = true;
    open.forEach(Runnable::run);
  }
}

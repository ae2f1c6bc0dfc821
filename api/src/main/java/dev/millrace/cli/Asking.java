package dev.millrace.cli;

import dev.millrace.journal.StateLock;
import dev.millrace.run.RunWish;
import dev.millrace.runtime.WishInbox;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Asks something of the engine that works in a state directory, which may be another process. */
final class Asking {
  private static final long PATIENCE_SECONDS = 5;
  private static final long LOOK_MILLIS = 20;

  private final Path state;
  private final WishInbox inbox;
  private final List<String> waiting = new ArrayList<>();

  Asking(Path state) {
    this.state = state;
    inbox = new WishInbox(state);
  }

  /** Returns the user that asks. */
  static String user() {
    return System.getProperty("user.name", "?");
  }

  /** Leaves a wish; it is not lost from here on. */
  void post(String run, RunWish.Command wish) throws Refusal, IOException {
    try {
      waiting.add(inbox.post(run, wish));
    } catch (IllegalArgumentException e) {
      throw Refusal.badInput("--comment is too long: " + e.getMessage());
    }
  }

  /** Returns whether an engine works in the state directory, as far as can be told. */
  boolean isEngineThere() throws IOException {
    return StateLock.isHeld(state);
  }

  /**
   * Waits, for some seconds at most, until an engine has taken all wishes and what came of them is
   * durable. Does not wait where there is no engine.
   *
   * @return whether it has
   */
  boolean await() throws IOException {
    return until(() -> !isWaiting() || !isEngineThere()) && !isWaiting();
  }

  private boolean isWaiting() {
    return waiting.stream().anyMatch(inbox::waits);
  }

  /** Something that comes to be so. */
  interface Condition {
    boolean holds() throws IOException;
  }

  /**
   * Waits, for some seconds at most, until something is so.
   *
   * @return whether it is
   */
  static boolean until(Condition condition) throws IOException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!condition.holds()) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      pause();
    }
    return true;
  }

  /** Waits a moment before the next look at something that another process changes. */
  static void pause() {
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(LOOK_MILLIS));
  }
}

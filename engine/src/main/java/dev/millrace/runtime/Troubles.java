package dev.millrace.runtime;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What keeps a run from going on at the moment, by where it comes from. A trouble that is met again
 * and again is told once, and once more when it has passed. Lives on the engine's loop.
 */
final class Troubles {
  private final RunListener listener;
  private final Map<String, String> current = new HashMap<>();

  Troubles(RunListener listener) {
    this.listener = listener;
  }

  /**
   * Says how it stands.
   *
   * @param message for people; null when there is no trouble of that source (any more)
   */
  void set(String source, @Nullable String message) {
    say(source, message == null ? null : message + "; trying again");
  }

  /**
   * Says how what is waited for comes along.
   *
   * @param message for people
   */
  void progress(String source, String message) {
    say(source, message);
  }

  private void say(String source, @Nullable String message) {
    if (message == null) {
      if (current.remove(source) != null && current.isEmpty()) {
        listener.recovered();
      }
    } else if (!message.equals(current.put(source, message))) {
      listener.trouble(message);
    }
  }
}

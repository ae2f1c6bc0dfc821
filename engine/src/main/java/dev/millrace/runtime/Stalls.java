package dev.millrace.runtime;

import dev.millrace.dispatch.Loop;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Attempts that cannot go on for want of something that this machine has not at the moment, and
 * why. Each is tried again after a while. Safe for use by many threads.
 */
final class Stalls {
  private static final long RETRY_MILLIS = 1_000;

  private final Loop loop;
  private final Consumer<@Nullable String> onChange;
  private final Map<Object, String> reasons = new LinkedHashMap<>();
  private @Nullable String told;

  /**
   * @param onChange told of the reason when attempts stall, and null when none does any more
   */
  Stalls(Loop loop, Consumer<@Nullable String> onChange) {
    this.loop = loop;
    this.onChange = onChange;
  }

  /** Has an attempt tried again after a while. */
  void add(Object attempt, String reason, Runnable again) {
    synchronized (this) {
      reasons.put(attempt, reason);
    }
    tell();
    loop.schedule(RETRY_MILLIS, again);
  }

  /** Says that an attempt goes on, or has ended. */
  void remove(Object attempt) {
    synchronized (this) {
      if (reasons.isEmpty() || reasons.remove(attempt) == null) {
        return;
      }
    }
    tell();
  }

  private void tell() {
    String reason;
    synchronized (this) {
      reason = reasons.isEmpty() ? null : reasons.values().iterator().next();
      if (String.valueOf(reason).equals(String.valueOf(told))) {
        return;
      }
      told = reason;
    }
    onChange.accept(reason);
  }
}

package dev.millrace.access;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What the bearer of a token may do. Each includes those before it, but for {@link #WORKER}, which
 * stands apart: it does the work of a worker and nothing else.
 */
public enum Role {
  /** Reads runs, tasks, logs, events and content. */
  VIEWER,
  /** Sends content, and starts, cancels and retries runs. */
  SUBMITTER,
  /** Approves, and decides what the server does by itself. */
  OPERATOR,
  /** Everything. */
  ADMIN,
  /** Runs steps for the server. */
  WORKER;

  /** Returns how it is written. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Returns the role that is written so, or null. */
  public static @Nullable Role of(String label) {
    for (Role role : values()) {
      if (role.label().equals(label)) {
        return role;
      }
    }
    return null;
  }

  /** Returns whether whoever has this role may do what {@code other} may. */
  public boolean includes(Role other) {
    return this == other || (this != WORKER && other != WORKER && compareTo(other) > 0);
  }
}

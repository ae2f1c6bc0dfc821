package dev.millrace.journal;

import java.io.IOException;

/** Another process works in the state directory. The message says which, and what to do. */
public final class StateInUseException extends IOException {
  private static final long serialVersionUID = 1L;

  StateInUseException(String holder) {
    super(
        "another millrace ("
            + holder
            + ") is running in this project; wait for it or use --state DIR");
  }
}

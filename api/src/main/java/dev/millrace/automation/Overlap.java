package dev.millrace.automation;

import java.util.Locale;

/** What happens where a run of the same schedule or trigger still goes on. */
public enum Overlap {
  /** The new one starts beside it. */
  ALLOW,
  /** The new one is not started. */
  SKIP,
  /** The one that goes on is cancelled. */
  REPLACE;

  static Overlap of(String label) {
    return valueOf(label.toUpperCase(Locale.ROOT));
  }
}

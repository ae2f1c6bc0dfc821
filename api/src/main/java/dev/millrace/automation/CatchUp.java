package dev.millrace.automation;

import java.util.Locale;

/** What is done about times at which no server was there. */
enum CatchUp {
  /** Nothing. */
  SKIP,
  /** The latest of them is made up for. */
  LATEST,
  /** All of them are, the newest up to a limit. */
  ALL;

  static CatchUp of(String label) {
    return valueOf(label.toUpperCase(Locale.ROOT));
  }
}

package dev.millrace.journal;

import java.time.Instant;

/** Instants as the database keeps them: nanoseconds since 1970, good until the year 2262. */
final class Instants {
  private static final long NANOS_A_SECOND = 1_000_000_000L;

  private Instants() {}

  static long nanos(Instant instant) {
    return Math.addExact(
        Math.multiplyExact(instant.getEpochSecond(), NANOS_A_SECOND), instant.getNano());
  }

  static Instant ofNanos(long nanos) {
    return Instant.ofEpochSecond(
        Math.floorDiv(nanos, NANOS_A_SECOND), Math.floorMod(nanos, NANOS_A_SECOND));
  }
}

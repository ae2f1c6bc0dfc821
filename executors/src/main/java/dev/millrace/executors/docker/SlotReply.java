package dev.millrace.executors.docker;

import org.jspecify.annotations.Nullable;

/**
 * What a slot's runner says when no process of a step is left.
 *
 * @param exitCode 0 to 255; 128 + n where signal n ended the command
 * @param outOfMemory whether the kernel killed a process of the step because the slot's memory was
 *     used up
 * @param cpuMillis processor time, of the runner's own work too; -1 where unknown
 * @param left what the step left that the next one would find, or null for nothing
 */
record SlotReply(int exitCode, boolean outOfMemory, long cpuMillis, @Nullable String left) {
  private static final String NOTHING = "-";
  private static final int FIELDS = 7;
  private static final int CODE = 1;
  private static final int KILLS_BEFORE = 2;
  private static final int KILLS_AFTER = 3;
  private static final int CPU_BEFORE = 4;
  private static final int CPU_AFTER = 5;
  private static final int LEFT = 6;
  private static final long NANOS_OF_MILLI = 1_000_000;

  /**
   * Reads an answer, or returns null where it is none to the request of that nonce: a step can
   * write to its runner's stdout.
   */
  static @Nullable SlotReply parse(String line, String nonce) {
    String[] fields = line.strip().split(" ", -1);
    if (fields.length != FIELDS || !fields[0].equals(nonce)) {
      return null;
    }
    try {
      long kills = difference(fields[KILLS_BEFORE], fields[KILLS_AFTER]);
      long nanos = difference(fields[CPU_BEFORE], fields[CPU_AFTER]);
      return new SlotReply(
          Integer.parseInt(fields[CODE]),
          kills > 0,
          nanos < 0 ? -1 : Math.ceilDiv(nanos, NANOS_OF_MILLI),
          fields[LEFT].equals(NOTHING) ? null : fields[LEFT]);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static long difference(String before, String after) {
    if (before.equals(NOTHING) || after.equals(NOTHING)) {
      return -1;
    }
    return Long.parseLong(after) - Long.parseLong(before);
  }
}

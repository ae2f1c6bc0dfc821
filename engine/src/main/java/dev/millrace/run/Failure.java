package dev.millrace.run;

import dev.millrace.digest.Digest;

/**
 * How a task or an attempt failed.
 *
 * @param kind whose fault it is and whether another attempt makes sense
 * @param message what happened, in a sentence
 * @param exitCode of the command, or -1 where there is none
 * @param stdout digest of the attempt's text, the empty blob's where it wrote nothing
 * @param stderr likewise
 */
public record Failure(
    FailureKind kind, String message, int exitCode, Digest stdout, Digest stderr) {

  /** Returns a failure of something that never ran. */
  public static Failure of(FailureKind kind, String message) {
    return new Failure(kind, message, -1, Digest.EMPTY, Digest.EMPTY);
  }
}

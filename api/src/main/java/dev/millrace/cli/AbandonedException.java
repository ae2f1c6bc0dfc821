package dev.millrace.cli;

/**
 * The process that the command was given to was killed. All that is open is closed on the way out,
 * and what goes on is left as it is.
 */
final class AbandonedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  AbandonedException() {
    super("the command's process is gone");
  }
}

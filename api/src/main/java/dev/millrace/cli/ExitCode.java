package dev.millrace.cli;

/**
 * What the process tells its caller. A contract with scripts: values never change their meaning.
 */
final class ExitCode {
  /** All that was asked was done. */
  static final int OK = 0;

  /** The run failed, or a check found something. */
  static final int FAILED = 1;

  /** The document, its parameters or the command line are wrong; nothing was run. */
  static final int BAD_INPUT = 2;

  /** The state directory is in use, or the engine or the server cannot work. */
  static final int CANNOT_WORK = 3;

  /** The run was cancelled: 128 and the number of SIGINT, as shells have it. */
  static final int CANCELLED = 130;

  /** The same for people. */
  static final String HELP =
      """
      Exit codes:
        0    all that was asked was done
        1    the run failed, or a check found something
        2    the document, its parameters or the command line are wrong; nothing was run
        3    another process works in the state directory, the engine cannot work, or the
             server does not answer or does not allow it
        130  the run was cancelled
      """;

  private ExitCode() {}
}

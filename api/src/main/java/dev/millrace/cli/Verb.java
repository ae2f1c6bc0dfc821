package dev.millrace.cli;

import java.io.IOException;

/** One command of the command line. */
interface Verb {

  /** Returns what it takes. */
  Syntax syntax();

  /**
   * Does what the command is for.
   *
   * @return the exit code
   * @throws Refusal if it cannot be done, and the user can do something about that
   * @throws IOException if files cannot be read or written
   */
  int execute(Arguments arguments, Session session) throws Refusal, IOException;
}

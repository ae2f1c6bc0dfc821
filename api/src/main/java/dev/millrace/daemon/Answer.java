package dev.millrace.daemon;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * The pipe through which a client learns what becomes of its request: {@code taken} or {@code
 * decline}, and after {@code taken} the exit code, a line each. The client holds its reading end
 * open, so nothing that is said is lost; this process alone holds a writing end, so the client sees
 * the end of the pipe when the process dies.
 */
final class Answer {
  private final OutputStream pipe;
  private final Runnable removal;
  private boolean closed;

  /**
   * @param removal called when all is said
   */
  Answer(OutputStream pipe, Runnable removal) {
    this.pipe = pipe;
    this.removal = removal;
  }

  /** The command is going to be carried out. */
  void taken() {
    say("taken");
  }

  /** The command is not carried out: the client needs a process of its own. */
  void decline() {
    say("decline");
    close();
  }

  /** Nothing to say; a shell that waits looks up. */
  void nudge() {
    say("");
  }

  /** The command has ended. */
  void ended(int exitCode) {
    say(Integer.toString(exitCode));
    close();
  }

  private synchronized void say(String word) {
    try {
      if (!closed) {
        pipe.write((word + "\n").getBytes(StandardCharsets.US_ASCII));
        pipe.flush();
      }
    } catch (IOException e) {
      // The client is gone.
    }
  }

  private synchronized void close() {
    closed = true;
    try {
      pipe.close();
    } catch (IOException e) {
      // It was only written to.
    }
    removal.run();
  }
}

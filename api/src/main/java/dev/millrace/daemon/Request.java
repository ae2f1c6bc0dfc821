package dev.millrace.daemon;

import org.jspecify.annotations.Nullable;

/** One line that a launcher writes to the daemon. */
sealed interface Request {

  /**
   * Carry out a command.
   *
   * @param pid the client, whose last words are the command
   * @param words how many
   * @param answer name of the pipe that the client reads
   */
  record Run(long pid, int words, String answer) implements Request {}

  /** The client got a signal. */
  record Notify(long pid, Signal signal) implements Request {}

  /** Go, as soon as nothing is being carried out. */
  record Quit() implements Request {}

  /** What a client may be sent. */
  enum Signal {
    /** SIGINT. */
    INT(130),
    /** SIGTERM. */
    TERM(143),
    /** The terminal has another size. */
    WINCH(0);

    /** What a process ends with that does not handle the signal. */
    final int exitCode;

    Signal(int exitCode) {
      this.exitCode = exitCode;
    }
  }

  /** Returns what a line says, or null where it says nothing that is known. */
  static @Nullable Request parse(String line) {
    String[] words = line.split(" ", -1);
    try {
      return switch (words[0]) {
        case "run" ->
            words.length == 4
                ? new Run(Long.parseLong(words[1]), Integer.parseInt(words[2]), words[3])
                : null;
        case "int" -> notify(words, Signal.INT);
        case "term" -> notify(words, Signal.TERM);
        case "winch" -> notify(words, Signal.WINCH);
        case "quit" -> new Quit();
        default -> null;
      };
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static @Nullable Request notify(String[] words, Signal signal) {
    return words.length == 2 ? new Notify(Long.parseLong(words[1]), signal) : null;
  }
}

package dev.millrace.cli;

import dev.millrace.daemon.Daemon;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Becomes the daemon: what the launcher starts where it finds none. */
final class DaemonStart {
  private static final String WORD = "daemon-for";
  private static final int WORDS = 5;
  private static final Duration USUAL_IDLE = Duration.ofMinutes(10);

  private DaemonStart() {}

  /** Tells whether the words are those of the launcher: WORD DIRECTORY PID NARGS JDK. */
  static boolean isMeant(List<String> words) {
    return words.size() == WORDS && words.getFirst().equals(WORD);
  }

  /** Serves until it is not needed any more, and ends the process. */
  static void serve(List<String> words) {
    Runtime runtime = Runtime.getRuntime();
    try {
      Daemon.Start start =
          new Daemon.Start(
              Path.of(words.get(1)),
              Long.parseLong(words.get(2)),
              Integer.parseInt(words.get(3)),
              words.get(4),
              idle());
      Daemon.serve(start, call -> new Cli(Session.of(call)).execute(call.words()));
      runtime.halt(ExitCode.OK);
    } catch (IOException | RuntimeException e) {
      // To its log: the client sees that nobody answers, and helps itself.
      Printer.ofProcess(Terminal.NONE).trace(e);
      runtime.halt(ExitCode.CANNOT_WORK);
    }
  }

  private static Duration idle() {
    String seconds = System.getenv().getOrDefault("MILLRACE_DAEMON_IDLE", "");
    try {
      return seconds.isEmpty()
          ? USUAL_IDLE
          : Duration.ofSeconds(Math.max(1, Long.parseLong(seconds)));
    } catch (NumberFormatException e) {
      return USUAL_IDLE;
    }
  }
}

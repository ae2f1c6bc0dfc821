package dev.millrace.cli;

import dev.millrace.daemon.Daemon;
import java.util.List;

/** Starts the command line. */
public final class Main {
  private Main() {}

  /** Carries out one command and ends the process with its exit code. */
  public static void main(String[] words) {
    // Of the two that are installed; a server takes the other one.
    System.setProperty("slf4j.provider", "org.slf4j.nop.NOPServiceProvider");
    System.setProperty("slf4j.internal.verbosity", "WARN");
    List<String> command = List.of(words);
    if (DaemonStart.isMeant(command)) {
      DaemonStart.serve(command);
      return;
    }
    int code = new Cli(Session.ofProcess()).execute(command);
    if (Boolean.getBoolean("millrace.prepare")) {
      Installed.prepare();
      Daemon.prepare();
    }
    System.exit(code);
  }
}

package dev.millrace.cli;

import dev.millrace.daemon.Daemon;
import java.util.List;

/** Starts the command line. */
public final class Main {
  private static final int SPARE_THREADS = 16;

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
    end(code);
  }

  /**
   * Ends the process by returning where that is the same: {@link System#exit} looks for a logger to
   * tell of it, in every jar, which takes as long as half of a short command.
   */
  private static void end(int code) {
    if (code != 0 || othersKeepAlive()) {
      System.exit(code);
    }
  }

  private static boolean othersKeepAlive() {
    ThreadGroup all = Thread.currentThread().getThreadGroup();
    while (all.getParent() != null) {
      all = all.getParent();
    }
    Thread[] threads = new Thread[2 * all.activeCount() + SPARE_THREADS];
    int count = all.enumerate(threads);
    for (int i = 0; i < count; i++) {
      if (!threads[i].isDaemon() && threads[i] != Thread.currentThread()) {
        return true;
      }
    }
    return count == threads.length;
  }
}

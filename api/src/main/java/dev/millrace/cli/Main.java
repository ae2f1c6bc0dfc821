package dev.millrace.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Starts the command line. */
public final class Main {
  private Main() {}

  /** Carries out one command and ends the process with its exit code. */
  public static void main(String[] words) {
    // Of the two that are installed; a server takes the other one.
    System.setProperty("slf4j.provider", "org.slf4j.nop.NOPServiceProvider");
    System.setProperty("slf4j.internal.verbosity", "WARN");
    Map<String, String> environment = System.getenv();
    Printer printer = Printer.ofProcess(Terminal.of(environment));
    Path workingDirectory = Path.of("").toAbsolutePath();
    Session session = new Session(printer, workingDirectory, environment);
    int code = new Cli(session).execute(List.of(words));
    if (Boolean.getBoolean("millrace.prepare")) {
      Installed.prepare();
    }
    System.exit(code);
  }
}

package dev.millrace.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Starts the command line. */
public final class Main {
  private Main() {}

  /** Carries out one command and ends the process with its exit code. */
  public static void main(String[] words) {
    Map<String, String> environment = System.getenv();
    Printer printer = Printer.ofProcess(Terminal.of(environment));
    Path workingDirectory = Path.of("").toAbsolutePath();
    Session session = new Session(printer, workingDirectory, environment);
    System.exit(new Cli(session).execute(List.of(words)));
  }
}

package dev.millrace.cli;

import dev.millrace.daemon.Call;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/**
 * Where a command was given.
 *
 * @param printer what it writes to
 * @param workingDirectory absolute; relative paths are read from here
 * @param environment variables by name
 * @param terminal by which others can open the terminal that stdout may be
 * @param signals what happens to the process it was given to
 */
record Session(
    Printer printer,
    Path workingDirectory,
    Map<String, String> environment,
    Path terminal,
    Signals signals) {

  /** Returns the session of a process that has one command to carry out. */
  static Session ofProcess() {
    Map<String, String> environment = System.getenv();
    Printer printer = Printer.ofProcess(Terminal.of(environment, Terminal.OWN));
    return ofProcess(printer, Path.of("").toAbsolutePath(), environment);
  }

  /** Returns a session of this process that writes elsewhere. */
  static Session ofProcess(
      Printer printer, Path workingDirectory, Map<String, String> environment) {
    return new Session(
        printer, workingDirectory, environment, TerminalSize.CONTROLLING, new ProcessSignals());
  }

  /** Returns the session of a command that was given to another process. */
  static Session of(Call call) {
    Terminal terminal = Terminal.of(call.environment(), call.terminal());
    Printer printer = new Printer(printing(call.out()), printing(call.err()), terminal);
    return new Session(
        printer,
        call.directory(),
        call.environment(),
        call.terminal(),
        new CallSignals(call.life()));
  }

  private static PrintStream printing(OutputStream stream) {
    return new PrintStream(stream, false, StandardCharsets.UTF_8);
  }

  /** Returns the path that the user means. */
  Path path(String written) {
    return workingDirectory.resolve(written).normalize();
  }

  /**
   * Returns a path as the user would write it: relative where it is below the working directory.
   */
  String shown(Path path) {
    Path absolute = path.toAbsolutePath().normalize();
    if (absolute.startsWith(workingDirectory) && !absolute.equals(workingDirectory)) {
      return workingDirectory.relativize(absolute).toString();
    }
    return absolute.toString();
  }
}

package dev.millrace.cli;

import dev.millrace.daemon.DaemonDoor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Ends the process that stays between commands. */
final class DaemonStopVerb implements Verb {
  @Override
  public Syntax syntax() {
    return new Syntax(
        "daemon stop",
        "Ends the process that MILLRACE_DAEMON=on keeps between commands.",
        List.of(),
        List.of());
  }

  @Override
  public int execute(Arguments arguments, Session session) throws Refusal, IOException {
    // The launcher says where, to the commands that are about it.
    String directory = System.getProperty("millrace.daemon", "");
    DaemonDoor door = directory.isEmpty() ? null : DaemonDoor.find(Path.of(directory));
    Printer printer = session.printer();
    if (door == null) {
      printer.line("there is no daemon");
      return ExitCode.OK;
    }
    door.quit();
    if (Asking.until(() -> !door.isAlive())) {
      printer.line("the daemon (pid " + door.pid() + ") has ended");
    } else {
      printer.line(
          "the daemon (pid "
              + door.pid()
              + ") takes no further command, and ends with those that"
              + " it carries out");
    }
    return ExitCode.OK;
  }
}

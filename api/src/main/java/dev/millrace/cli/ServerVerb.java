package dev.millrace.cli;

import dev.millrace.cli.Syntax.Option;
import dev.millrace.http.MillraceServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** Runs the engine as a service, until it is told to stop. */
final class ServerVerb implements Verb {
  private static final String USUAL_HOST = "127.0.0.1";
  private static final int USUAL_PORT = 8181;

  @Override
  public Syntax syntax() {
    return new Syntax(
        "server",
        "Runs pipelines that are sent over HTTP, until it is stopped.",
        List.of(),
        List.of(
            Option.value("--host", "ADDRESS", "where to listen (default: " + USUAL_HOST + ")"),
            Option.value("--port", "PORT", "on which port (default: " + USUAL_PORT + ")"),
            Option.flag(
                "--allow-local",
                "let steps run as processes of this user: whoever can reach the server can then"
                    + " run any command"),
            Past.STATE,
            RunSettings.JOBS,
            RunSettings.RESOURCE,
            RunSettings.SECRET,
            RunSettings.SECRET_FILE));
  }

  @Override
  public int execute(Arguments arguments, Session session) throws Refusal, IOException {
    String host = loopback(arguments);
    Path state = Project.stateOf(session, arguments.get("--state"), session.workingDirectory());
    Files.createDirectories(state);
    Installed installed = Installed.forServer(arguments.has("--allow-local"));
    Printer printer = session.printer();
    CountDownLatch stop = new CountDownLatch(1);
    MillraceServer.Config config =
        new MillraceServer.Config(
            host,
            port(arguments),
            RunSettings.config(arguments, session, state),
            installed.parts(state),
            installed.images(),
            printer::problem);
    try (Interrupts _ = new Interrupts(_ -> stop.countDown(), () -> {});
        MillraceServer server = MillraceServer.start(config)) {
      printer.line("listening on http://" + shown(host) + ":" + server.port());
      if (server.resumed() > 0) {
        printer.line(Amounts.count(server.resumed(), "run goes on", "runs go on"));
      }
      printer.flush();
      stop.await();
      printer.line("stopping; runs that have not ended go on at the next start");
      printer.flush();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return ExitCode.OK;
  }

  private static int port(Arguments arguments) throws Refusal {
    String text = arguments.get("--port");
    try {
      int port = text == null ? USUAL_PORT : Integer.parseInt(text);
      if (port >= 0 && port < 1 << 16) {
        return port;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw Refusal.badInput("--port must be a number from 0 to 65535, not \"" + text + '"');
  }

  /** Whoever can reach the server may do everything: so only this machine can. */
  private static String loopback(Arguments arguments) throws Refusal {
    String named = arguments.get("--host");
    String host = named == null ? USUAL_HOST : named;
    try {
      if (InetAddress.getByName(host).isLoopbackAddress()) {
        return host;
      }
    } catch (UnknownHostException e) {
      throw Refusal.badInput("--host: there is no address " + host);
    }
    throw Refusal.badInput(
        "--host " + host + " could be reached by others, and the server has no tokens yet",
        "leave it out to listen on " + USUAL_HOST + " only");
  }

  private static String shown(String host) {
    return host.contains(":") ? "[" + host + "]" : host;
  }
}

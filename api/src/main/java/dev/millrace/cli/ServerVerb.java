package dev.millrace.cli;

import dev.millrace.access.TokenFile;
import dev.millrace.cli.Syntax.Option;
import dev.millrace.http.MillraceServer;
import dev.millrace.http.Tls;
import dev.millrace.telemetry.LogForm;
import dev.millrace.telemetry.LogOutput;
import dev.millrace.telemetry.Telemetry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

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
            Option.value(
                "--bus-port",
                "PORT",
                "where to listen for TCP clients of the event bus; 0 for any"),
            Option.flag(
                "--allow-local",
                "let steps run as processes of this user: whoever can reach the server can then"
                    + " run any command"),
            Option.value("--tls-cert", "FILE", "the server's certificate and its chain, PEM"),
            Option.value("--tls-key", "FILE", "the key of the certificate, PEM"),
            Option.flag(
                "--plain-http", "let others reach it without TLS: something before it encrypts"),
            Option.value("--log", "FORM", "how lines of the log look on stderr: text or json"),
            Option.value(
                "--otlp",
                "URL",
                "send traces to this OpenTelemetry collector, such as http://localhost:4318"),
            Past.STATE,
            RunSettings.JOBS,
            RunSettings.RESOURCE,
            RunSettings.SECRET,
            RunSettings.SECRET_FILE));
  }

  @Override
  public int execute(Arguments arguments, Session session) throws Refusal, IOException {
    String host = host(arguments);
    Path state = Project.stateOf(session, arguments.get("--state"), session.workingDirectory());
    Files.createDirectories(state);
    Tls tls = tls(arguments, session);
    checkReach(arguments, state, tls);
    Installed installed = Installed.forServer(arguments.has("--allow-local"));
    ServerLife life = new ServerLife(session.printer());
    try (LogOutput output = LogOutput.install(form(arguments), session.printer().problems());
        Telemetry telemetry = telemetry(arguments, session)) {
      telemetry.watch(output);
      MillraceServer.Config config =
          new MillraceServer.Config(
              host,
              Objects.requireNonNullElse(port(arguments, "--port"), USUAL_PORT),
              port(arguments, "--bus-port"),
              tls,
              RunSettings.config(arguments, session, state),
              installed.parts(state),
              installed.offers(),
              life::warn,
              telemetry);
      String scheme = tls == null ? "http" : "https";
      return life.serve(config, scheme + "://" + shown(host));
    }
  }

  private static LogForm form(Arguments arguments) throws Refusal {
    String form = arguments.get("--log");
    return switch (form == null ? "text" : form) {
      case "text" -> LogForm.TEXT;
      case "json" -> LogForm.JSON;
      default -> throw Refusal.badInput("--log must be text or json, not \"" + form + '"');
    };
  }

  private static Telemetry telemetry(Arguments arguments, Session session) throws Refusal {
    try {
      return Telemetry.open(arguments.get("--otlp"), session.environment(), Version.text());
    } catch (IllegalArgumentException e) {
      throw Refusal.badInput(String.valueOf(e.getMessage()));
    }
  }

  private static @Nullable Integer port(Arguments arguments, String option) throws Refusal {
    String text = arguments.get(option);
    if (text == null) {
      return null;
    }
    try {
      int port = Integer.parseInt(text);
      if (port >= 0 && port < 1 << 16) {
        return port;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw Refusal.badInput(option + " must be a number from 0 to 65535, not \"" + text + '"');
  }

  private static @Nullable Tls tls(Arguments arguments, Session session) throws Refusal {
    String certificate = arguments.get("--tls-cert");
    String key = arguments.get("--tls-key");
    if (certificate == null && key == null) {
      return null;
    }
    if (certificate == null || key == null) {
      throw Refusal.badInput("--tls-cert and --tls-key are given together, or none of them");
    }
    for (String file : List.of(certificate, key)) {
      if (!Files.isReadable(session.path(file))) {
        throw Refusal.badInput("there is no file " + file + " that can be read");
      }
    }
    return new Tls(session.path(certificate), session.path(key));
  }

  private static String host(Arguments arguments) {
    String named = arguments.get("--host");
    return named == null ? USUAL_HOST : named;
  }

  /** Whom others can reach needs tokens, and must not have them sent in the clear. */
  private static void checkReach(Arguments arguments, Path state, @Nullable Tls tls)
      throws Refusal, IOException {
    String host = host(arguments);
    try {
      if (InetAddress.getByName(host).isLoopbackAddress()) {
        return;
      }
    } catch (UnknownHostException e) {
      throw Refusal.badInput("--host: there is no address " + host);
    }
    if (new TokenFile(state).read().isEmpty()) {
      throw Refusal.badInput(
          "--host " + host + " could be reached by others, and the server has no tokens",
          "make one: millrace token create NAME --role admin --state DIR",
          "or leave --host out to listen on " + USUAL_HOST + " only");
    }
    if (tls == null && !arguments.has("--plain-http")) {
      throw Refusal.badInput(
          "--host " + host + " could be reached by others, and tokens would be sent in the clear",
          "give the server a certificate: --tls-cert FILE --tls-key FILE",
          "or say --plain-http if something before it does the encryption");
    }
  }

  private static String shown(String host) {
    return host.contains(":") ? "[" + host + "]" : host;
  }
}

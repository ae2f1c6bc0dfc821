package dev.millrace.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.access.Role;
import dev.millrace.access.TokenFile;
import dev.millrace.http.MillraceServer;
import java.io.BufferedReader;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples of the guide to events. */
class EventsDocTest {
  @TempDir private Path state;

  @Test
  void theExamplesOfTheGuideWorkAsTheyAreWritten() throws Exception {
    NodeScripts.install();
    String token = new TokenFile(state).create("t", Role.SUBMITTER, Instant.now(), null);
    String guide = Files.readString(Path.of("..", "docs", "events.md"));
    try (MillraceServer server = ServerClient.server(state)) {
      Map<String, String> environment =
          Map.of(
              "MILLRACE",
              "http://127.0.0.1:" + server.port(),
              "MILLRACE_TOKEN",
              token,
              "BUS_PORT",
              Integer.toString(server.busPort()));
      String browser = NodeScripts.run(List.of("node", "-e", block(guide, "js")), environment);
      assertTrue(browser.startsWith("1 dev.millrace.run.accepted"), browser);
      assertTrue(browser.contains("dev.millrace.run.finished"), browser);
      String tcp = NodeScripts.run(List.of("python3", "-c", block(guide, "python")), environment);
      assertTrue(tcp.contains("run 2"), tcp);
      assertTrue(tcp.contains("dev.millrace.run.finished"), tcp);
    }
  }

  @Test
  void theReceiverOfTheGuideTakesWebhooks() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/python3")), "skipped: needs python3");
    String guide = Files.readString(Path.of("..", "docs", "events.md"));
    String secret = "whsec_" + "A".repeat(32);
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    String receiver = block(guide.substring(guide.indexOf("## Webhooks")), "python");
    ProcessBuilder builder = new ProcessBuilder("python3", "-c", receiver);
    builder.environment().putAll(Map.of("WEBHOOK_SECRET", secret, "PORT", port + ""));
    Process process = builder.redirectErrorStream(true).start();
    try (MillraceServer server = ServerClient.server(state);
        ServerClient client = new ServerClient(server.port());
        BufferedReader lines = process.inputReader()) {
      String webhook =
          """
          {"url": "http://127.0.0.1:%d/", "secret": "%s", "events": ["dev.millrace.run.*"],
           "retry": {"firstDelayMillis": 50}}\
          """
              .formatted(port, secret);
      assertEquals(201, client.send("PUT", "/v1/webhooks/chat", webhook).statusCode());
      String run =
          client.submit(
              "{\"version\": 1, \"name\": \"p\", \"steps\": {\"a\": {\"script\": \"true\"}}}");
      assertEquals(run + "/1 dev.millrace.run.accepted", lines.readLine());
      String last = lines.readLine();
      assertTrue(last != null && last.endsWith(" dev.millrace.run.finished"), last);
    } finally {
      process.destroyForcibly();
    }
  }

  /** Returns the first block of code in a language. */
  private static String block(String guide, String language) {
    int start = guide.indexOf("```" + language + "\n") + language.length() + 4;
    return guide.substring(start, guide.indexOf("\n```", start));
  }
}

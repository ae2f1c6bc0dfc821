package dev.millrace.cli;

import static dev.millrace.cli.ServerClient.json;
import static dev.millrace.cli.ServerClient.list;
import static dev.millrace.cli.ServerClient.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.http.MillraceServer;
import dev.millrace.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Events that are sent to other servers, which fail, hang and come back. */
class WebhookTest {
  private static final String PIPELINE =
      """
      {"version": 1, "name": "p", "steps": {"a": {"script": "true"}, "b": {"script": "exit 1", "needs": ["a"]}}}\
      """;
  private static final String HASTY =
      "\"retry\": {\"firstDelayMillis\": 10, \"longestDelayMillis\": 20, \"giveUpAfterMillis\":"
          + " %d}";

  @TempDir private Path state;
  private HookReceiver receiver;

  @BeforeEach
  void listen() {
    receiver = HookReceiver.open();
  }

  @AfterEach
  void stop() {
    receiver.close();
  }

  private static JsonObject put(ServerClient client, String name, String webhook) {
    HttpResponse<String> answer = client.send("PUT", "/v1/webhooks/" + name, webhook);
    assertTrue(answer.statusCode() < 300, answer.body());
    return json(answer);
  }

  private String webhook(long giveUpMillis) {
    return "{\"url\": \"" + receiver.url() + "\", " + HASTY.formatted(giveUpMillis) + "}";
  }

  private boolean hasEnd(String run) {
    return ends(run) > 0;
  }

  private long ends(String run) {
    return receiver.taken().stream()
        .filter(event -> text(event, "source").equals("/runs/" + run))
        .filter(event -> text(event, "type").equals("dev.millrace.run.finished"))
        .count();
  }

  @Test
  void eventsAreSignedSentInOrderAndSentAgainUntilTheyAreTaken() throws IOException {
    try (MillraceServer server = ServerClient.server(state);
        ServerClient client = new ServerClient(server.port())) {
      JsonObject made = put(client, "hook", webhook(60_000));
      receiver.expect(text(made, "secret"));
      assertEquals("", text(client.get("/v1/webhooks/hook"), "secret"));
      assertFalse(client.send("GET", "/v1/webhooks", "").body().contains("whsec_"));
      receiver.answer(500);
      List<String> runs = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        runs.add(client.submit(PIPELINE));
      }
      MillraceProcess.await("it was tried again and again", () -> receiver.asked() > 20);
      receiver.answer(302);
      int before = receiver.asked();
      MillraceProcess.await("redirects are failures", () -> receiver.asked() > before + 5);
      receiver.answer(204);
      for (String run : runs) {
        MillraceProcess.await("all of " + run, () -> hasEnd(run));
        receiver.assertComplete(client, run);
      }
      assertTrue(receiver.ids().contains(runs.getFirst() + "/1"));

      client.send("POST", "/v1/runs/" + runs.getFirst() + "/retry", "");
      MillraceProcess.await("the second try too", () -> ends(runs.getFirst()) == 2);
      receiver.assertComplete(client, runs.getFirst());
      assertEquals(204, client.send("DELETE", "/v1/webhooks/hook", "").statusCode());
      assertEquals(404, client.send("GET", "/v1/webhooks/hook", "").statusCode());
    }
  }

  @Test
  void oneReceiverThatHangsHoldsNoOtherUp() throws IOException {
    try (HookReceiver other = HookReceiver.open();
        MillraceServer server = ServerClient.server(state);
        ServerClient client = new ServerClient(server.port())) {
      other.hang();
      put(client, "hook", webhook(60_000));
      put(client, "hanging", "{\"url\": \"" + other.url() + "\"}");
      put(
          client,
          "ends",
          "{\"url\": \""
              + receiver.url()
              + "\", \"events\": [\"dev.millrace.run.*\"], \"pipeline\": \"nobody's\"}");
      String run = client.submit(PIPELINE);
      MillraceProcess.await("the end", () -> hasEnd(run));
      receiver.assertComplete(client, run);
      assertTrue(other.asked() > 0);
      Set<String> ids = new TreeSet<>(receiver.ids());
      assertEquals(ids.size(), receiver.ids().size(), "the filter let another through");
    }
  }

  @Test
  void onlyTheEventsThatAreWantedAreSent() throws IOException {
    try (MillraceServer server = ServerClient.server(state);
        ServerClient client = new ServerClient(server.port())) {
      put(
          client,
          "ends",
          "{\"url\": \"" + receiver.url() + "\", \"events\": [\"dev.millrace.run.finished\"]}");
      String run = client.submit(PIPELINE);
      MillraceProcess.await("the end", () -> hasEnd(run));
      assertEquals(1, receiver.taken().size());
    }
  }

  @Test
  void whatIsNeverTakenBecomesADeadLetterAndCanBeSentOnceMore() throws IOException {
    try (MillraceServer server = ServerClient.server(state);
        ServerClient client = new ServerClient(server.port())) {
      put(client, "hook", webhook(0));
      receiver.answer(500);
      String run = client.submit(PIPELINE);
      client.awaitStatus(run, "failed");
      int all = client.follow(run, 0).size();
      String path = "/v1/webhooks/hook/dead-letters";
      MillraceProcess.await(
          "all are dead", () -> list(client.get(path), "deadLetters").size() == all);
      JsonObject first = list(client.get(path + "?limit=1"), "deadLetters").getFirst();
      assertEquals(run, text(first, "run"));
      assertEquals("answered 500", text(first, "reason"));
      receiver.answer(204);
      assertEquals(202, client.send("POST", "/v1/webhooks/hook/redeliver", "").statusCode());
      MillraceProcess.await("none is left", () -> list(client.get(path), "deadLetters").isEmpty());
      receiver.assertComplete(client, run);
    }
  }

  @Test
  void whatCannotBeAReceiverIsRefused() throws IOException {
    try (MillraceServer server = ServerClient.server(state);
        ServerClient client = new ServerClient(server.port())) {
      for (String url :
          List.of("ftp://host/", "file:///etc/passwd", "http://", "http://me:secret@host/", "x")) {
        HttpResponse<String> answer =
            client.send(
                "PUT", "/v1/webhooks/hook", "{\"url\": \"" + url + "\", \"secret\": \"abc\"}");
        assertEquals(422, answer.statusCode(), url);
        assertEquals(2, list(json(answer), "problems").size(), answer.body());
      }
      put(
          client,
          "hook",
          "{\"url\": \"http://169.254.169.254/latest\", " + HASTY.formatted(0) + "}");
      String run = client.submit(PIPELINE);
      client.awaitStatus(run, "failed");
      MillraceProcess.await(
          "it is not even asked",
          () ->
              client
                  .send("GET", "/v1/webhooks/hook/dead-letters", "")
                  .body()
                  .contains("not sent to 169.254.169.254"));
    }
  }

  @Test
  void aServerThatIsKilledSendsTheRestAtItsNextStart() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    List<String> runs = new ArrayList<>();
    try (ServerClient client = new ServerClient(port)) {
      try (MillraceProcess first = ServerKillTest.server(state, port)) {
        put(client, "hook", webhook(600_000));
        for (int i = 0; i < 5; i++) {
          runs.add(client.submit(PIPELINE));
        }
        MillraceProcess.await("some are taken", () -> receiver.taken().size() > 5);
        receiver.answer(503);
        for (int i = 0; i < 5; i++) {
          runs.add(client.submit(PIPELINE));
        }
        client.awaitStatus(runs.getLast(), "failed");
        first.signal("KILL");
        first.exitCode();
      }
      receiver.answer(204);
      try (MillraceProcess second = ServerKillTest.server(state, port)) {
        for (String run : runs) {
          MillraceProcess.await("all of " + run, () -> hasEnd(run));
          receiver.assertComplete(client, run);
        }
        second.signal("TERM");
        assertEquals(0, second.exitCode(), second.output());
      }
    }
  }
}

package dev.millrace.cli;

import static dev.millrace.cli.ServerClient.member;
import static dev.millrace.cli.ServerClient.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.access.Role;
import dev.millrace.access.TokenFile;
import dev.millrace.http.MillraceServer;
import dev.millrace.json.JsonObject;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.ReplyException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What passes the bridges and what does not, and what is published. */
class BusTest {
  private static final String PIPELINE =
      """
      {"pipeline": {"version": 1, "name": "p", "steps": {
         "one": {"script": "true", "matrix": {"i": [1, 2, 3, 4, 5, 6, 7, 8, 9]}},
         "two": {"script": "true", "needs": ["one"]}}}}
      """;

  @TempDir private Path state;
  private MillraceServer server;

  @BeforeEach
  void start() throws IOException {
    server = ServerClient.server(state);
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  @Test
  void aRunIsFollowedOverTcp() throws Exception {
    try (BridgeClient client = BridgeClient.tcp(server.busPort())) {
      client.send("{\"type\": \"ping\"}");
      assertEquals("pong", text(client.next(), "type"));
      client.send(BridgeClient.frame("register", "millrace.events", "{}", null));
      List<JsonObject> events = new ArrayList<>();
      client.send(BridgeClient.frame("send", "millrace.submit", PIPELINE, null));
      String run = "";
      while (events.isEmpty() || !text(events.getLast(), "type").endsWith("run.finished")) {
        JsonObject frame = client.next();
        assertEquals("message", text(frame, "type"));
        if (text(frame, "address").equals("r")) {
          run = text(member(frame, "body"), "run");
        } else {
          events.add(member(frame, "body"));
        }
      }
      try (ServerClient http = new ServerClient(server.port())) {
        List<JsonObject> all = http.follow(run, 0);
        assertTrue(events.size() > 10, () -> events.size() + "");
        assertEquals(all.subList(all.size() - events.size(), all.size()), events);
      }
    }
  }

  /** A program in the server's process, by the bus of Vert.x itself. */
  @Test
  void aMemberOfTheBusAsksAndListens() {
    EventBus bus = server.eventBus();
    List<String> types = Collections.synchronizedList(new ArrayList<>());
    bus.<io.vertx.core.json.JsonObject>consumer(
        "millrace.events", event -> types.add(event.body().getString("type")));
    Message<io.vertx.core.json.JsonObject> reply =
        bus.<io.vertx.core.json.JsonObject>request(
                "millrace.submit", new io.vertx.core.json.JsonObject(PIPELINE))
            .toCompletionStage()
            .toCompletableFuture()
            .join();
    assertEquals("202", reply.headers().get("status"));
    MillraceProcess.await("the end", () -> types.contains("dev.millrace.run.finished"));
    assertEquals(1, types.stream().filter("dev.millrace.run.finished"::equals).count());
    CompletionException refused =
        assertThrows(
            CompletionException.class,
            () ->
                bus.request("millrace.runs.get", "text")
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join());
    assertTrue(
        refused.getCause() instanceof ReplyException failure && failure.failureCode() == 400);
  }

  @Test
  void whatIsNoFrameIsToldSoOrEndsTheConnection() throws Exception {
    try (BridgeClient client = BridgeClient.tcp(server.busPort())) {
      for (String bad : List.of("7", "{", "[]", "{\"type\": \"register\", \"headers\": 7}", "{}")) {
        client.send(bad);
        assertEquals("err", text(client.next(), "type"), bad);
      }
    }
    for (int length : List.of(-1, 0, (1 << 20) + 1, Integer.MAX_VALUE, Integer.MIN_VALUE)) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.busPort());
          BridgeClient client = new BridgeClient.Tcp(socket)) {
        socket
            .getOutputStream()
            .write(
                new byte[] {
                  (byte) (length >> 24), (byte) (length >> 16), (byte) (length >> 8), (byte) length
                });
        assertTrue(text(client.next(), "message").contains("413"));
        assertNull(client.receive());
      }
    }
  }

  /** Whoever does not read is left out, holds nobody up, and can read again. */
  @Test
  void aClientThatDoesNotReadHoldsNobodyUp() throws Exception {
    List<BridgeClient> stalled = new ArrayList<>();
    try (BridgeClient client = BridgeClient.tcp(server.busPort())) {
      for (int i = 0; i < 20; i++) {
        BridgeClient one =
            i % 2 == 0 ? BridgeClient.tcp(server.busPort()) : BridgeClient.sockJs(server.port());
        stalled.add(one);
        one.send(BridgeClient.frame("register", "millrace.events", "{}", null));
        for (int j = 0; j < 100; j++) {
          one.send(BridgeClient.frame("send", "millrace.runs.list", "{}", null));
        }
      }
      JsonObject accepted = client.ask("millrace.submit", PIPELINE, null);
      String run = text(member(accepted, "body"), "run");
      try (ServerClient http = new ServerClient(server.port())) {
        http.awaitStatus(run, "succeeded");
      }
      assertEquals("message", text(client.ask("millrace.runs.list", "{}", null), "type"));
    } finally {
      for (BridgeClient one : stalled) {
        one.close();
      }
    }
  }

  /** What a client does not take is not kept for it, neither on TCP nor on a WebSocket. */
  @Test
  void eventsForAClientThatDoesNotReadAreLeftOut() throws Exception {
    String register = BridgeClient.frame("register", "millrace.events", "{}", null);
    String ask = BridgeClient.frame("send", "x", "{}", null);
    try (Socket tcp = new Socket(InetAddress.getLoopbackAddress(), server.busPort());
        Socket webSocket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      webSocket.getOutputStream().write(UPGRADE.getBytes(StandardCharsets.US_ASCII));
      bytesUntil("\r\n\r\n", webSocket);
      for (String frame : List.of(register, ask)) {
        tcp.getOutputStream().write(lengthAnd(frame));
        webSocket.getOutputStream().write(masked(frame));
      }
      assertTrue(bytesUntilAnswer(tcp) + bytesUntilAnswer(webSocket) < 10_000);
      io.vertx.core.json.JsonObject large =
          new io.vertx.core.json.JsonObject().put("x", "x".repeat(10_000));
      for (int i = 0; i < 4_000; i++) {
        server.eventBus().publish("millrace.events", large);
        if (i % 40 == 0) {
          askOnTheBus("millrace.runs.list"); // no faster than sockets are written to
        }
      }
      tcp.getOutputStream().write(lengthAnd(ask));
      webSocket.getOutputStream().write(masked(ask));
      for (Socket socket : List.of(tcp, webSocket)) {
        long bytes = bytesUntilAnswer(socket);
        assertTrue(bytes < 20_000_000, () -> bytes + " bytes were kept");
      }
    }
  }

  private void askOnTheBus(String address) {
    server.eventBus().request(address, null).toCompletionStage().toCompletableFuture().join();
  }

  private static final String UPGRADE =
      """
      GET /eventbus/websocket HTTP/1.1\r
      Host: localhost\r
      Connection: Upgrade\r
      Upgrade: websocket\r
      Sec-WebSocket-Version: 13\r
      Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r
      \r
      """;

  private static byte[] lengthAnd(String frame) {
    byte[] bytes = frame.getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(4 + bytes.length).putInt(bytes.length).put(bytes).array();
  }

  /** A text frame whose mask is zero. */
  private static byte[] masked(String frame) {
    byte[] bytes = (frame + " ".repeat(126)).getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(8 + bytes.length)
        .put((byte) 0x81)
        .put((byte) (0x80 | 126))
        .putShort((short) bytes.length)
        .putInt(0)
        .put(bytes)
        .array();
  }

  private static long bytesUntilAnswer(Socket socket) throws IOException {
    return bytesUntil("nobody answers", socket);
  }

  private static long bytesUntil(String end, Socket socket) throws IOException {
    socket.setSoTimeout(BridgeClient.PATIENCE_SECONDS * 1000);
    byte[] buffer = new byte[1 << 16];
    String tail = "";
    long bytes = 0;
    while (!tail.contains(end)) {
      int count = socket.getInputStream().read(buffer);
      assertTrue(count > 0, "the server has closed the connection");
      bytes += count;
      String text = new String(buffer, 0, count, StandardCharsets.ISO_8859_1);
      tail = tail.substring(Math.max(0, tail.length() - 100)) + text;
    }
    return bytes;
  }

  @Test
  void aServerThatStopsWaitsForNoClient() throws Exception {
    MillraceServer other = ServerClient.server(state.resolve("other"));
    try (BridgeClient tcp = BridgeClient.tcp(other.busPort());
        BridgeClient sockJs = BridgeClient.sockJs(other.port())) {
      tcp.send(BridgeClient.frame("register", "millrace.events", "{}", null));
      sockJs.ask("millrace.runs.list", "{}", null);
      long start = System.nanoTime();
      other.close();
      assertTrue(System.nanoTime() - start < 5_000_000_000L);
      assertNull(tcp.receive());
    }
  }

  @Test
  void aSocketMayListenAtSoManyAddressesOnly() throws Exception {
    try (BridgeClient client = BridgeClient.tcp(server.busPort())) {
      for (int i = 0; i < 65; i++) {
        client.send(BridgeClient.frame("register", "millrace.events.2-" + i, "{}", null));
      }
      assertTrue(text(client.next(), "message").contains("429"));
    }
  }

  @Test
  void whoseTokenIsRevokedHearsNoMore() throws Exception {
    TokenFile tokens = new TokenFile(state);
    String token = tokens.create("t", Role.VIEWER, Instant.now(), null);
    MillraceProcess.await(
        "the token counts",
        () -> {
          try (BridgeClient client = BridgeClient.tcp(server.busPort())) {
            return text(client.ask("millrace.runs.list", "{}", null), "type").equals("err");
          } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
          }
        });
    try (BridgeClient client = BridgeClient.tcp(server.busPort())) {
      client.send(BridgeClient.frame("register", "millrace.events", "{}", token));
      assertEquals("message", text(client.ask("millrace.runs.list", "{}", token), "type"));
      tokens.revoke("t");
      assertNull(client.receive());
    }
  }

  /** SockJS also has a page that loads a script from elsewhere, and ways that hold messages. */
  @Test
  void ofSockJsThereAreWebSocketsOnly() {
    try (ServerClient http = new ServerClient(server.port())) {
      assertEquals(200, http.send("GET", "/eventbus/info", "").statusCode());
      for (String path :
          List.of("iframe.html", "0/aaaaaaaa/xhr", "0/aaaaaaaa/eventsource", "0/aaaaaaaa/jsonp")) {
        assertEquals(404, http.send("GET", "/eventbus/" + path, "").statusCode(), path);
      }
      assertEquals(
          403,
          http.send("GET", "/eventbus/info", "", "Origin", "https://evil.example").statusCode());
    }
  }
}

package dev.millrace.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A server that webhooks are sent to, which fails, hangs and recovers as the test wants. */
final class HookReceiver implements AutoCloseable {
  private final HttpServer http;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<JsonObject> taken = Collections.synchronizedList(new ArrayList<>());
  private final List<String> ids = Collections.synchronizedList(new ArrayList<>());
  private final AtomicInteger asked = new AtomicInteger();
  private final CountDownLatch end = new CountDownLatch(1);
  private volatile int status = 204;
  private volatile boolean hanging;
  private volatile byte[] secret = new byte[0];

  HookReceiver() throws IOException {
    http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    http.setExecutor(threads);
    http.createContext("/", this::receive);
    http.start();
  }

  String url() {
    return "http://127.0.0.1:" + http.getAddress().getPort() + "/hook";
  }

  /** From now on messages must be signed with it. */
  void expect(String text) {
    secret = Base64.getDecoder().decode(text.substring("whsec_".length()));
  }

  void answer(int newStatus) {
    status = newStatus;
    hanging = false;
  }

  void hang() {
    hanging = true;
  }

  /** Returns how often it was asked. */
  int asked() {
    return asked.get();
  }

  /** Returns what it has answered well, in order. */
  List<JsonObject> taken() {
    return List.copyOf(taken);
  }

  List<String> ids() {
    return List.copyOf(ids);
  }

  private void receive(HttpExchange exchange) throws IOException {
    asked.incrementAndGet();
    byte[] body = exchange.getRequestBody().readAllBytes();
    if (hanging) {
      try {
        end.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    int answered = isSigned(exchange, body) ? status : 401;
    if (answered < 300) {
      ids.add(exchange.getRequestHeaders().getFirst("webhook-id"));
      taken.add((JsonObject) JsonReader.read(body));
    }
    if (answered == 302) {
      exchange.getResponseHeaders().set("Location", "/elsewhere");
    }
    exchange.sendResponseHeaders(answered, -1);
    exchange.close();
  }

  private boolean isSigned(HttpExchange exchange, byte[] body) {
    if (secret.length == 0) {
      return true;
    }
    try {
      String id = exchange.getRequestHeaders().getFirst("webhook-id");
      String time = exchange.getRequestHeaders().getFirst("webhook-timestamp");
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret, "HmacSHA256"));
      mac.update((id + "." + time + ".").getBytes(StandardCharsets.UTF_8));
      String signature = "v1," + Base64.getEncoder().encodeToString(mac.doFinal(body));
      return signature.equals(exchange.getRequestHeaders().getFirst("webhook-signature"));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /** The events of each run came in order, each at least once, and all of them. */
  void assertComplete(ServerClient client, String run) {
    List<JsonObject> expected = client.follow(run, 0);
    List<JsonObject> came = new ArrayList<>();
    long last = 0;
    for (JsonObject event : taken()) {
      if (ServerClient.text(event, "source").equals("/runs/" + run)) {
        long sequence = Long.parseLong(ServerClient.text(event, "id"));
        assertTrue(sequence <= last + 1, () -> run + " has a gap before " + sequence);
        if (sequence == last + 1) {
          came.add(event);
          last = sequence;
        }
      }
    }
    assertEquals(expected, came, run);
  }

  @Override
  public void close() {
    end.countDown();
    http.stop(0);
    threads.shutdownNow();
  }

  static HookReceiver open() {
    try {
      return new HookReceiver();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

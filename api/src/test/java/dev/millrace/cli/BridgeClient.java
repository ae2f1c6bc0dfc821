package dev.millrace.cli;

import dev.millrace.json.JsonArray;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonReader;
import dev.millrace.json.JsonString;
import dev.millrace.json.JsonText;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A program that sends and receives frames of a bridge. */
interface BridgeClient extends Closeable {
  int PATIENCE_SECONDS = 20;

  void send(String frame) throws IOException;

  /** Returns the next frame, or null when the server has closed. */
  @Nullable JsonObject receive() throws IOException, InterruptedException;

  /** Opens a connection to the TCP bridge. */
  static BridgeClient tcp(int port) throws IOException {
    return new Tcp(new Socket(InetAddress.getLoopbackAddress(), port));
  }

  /** Opens a WebSocket, in the framing of SockJS. */
  static BridgeClient sockJs(int port) {
    return new SockJs(port);
  }

  /** Asks, and returns the frame with the answer. */
  default JsonObject ask(String address, String body, @Nullable String token)
      throws IOException, InterruptedException {
    send(frame("send", address, body, token));
    return next();
  }

  /** Returns the next frame, which must come. */
  default JsonObject next() throws IOException, InterruptedException {
    JsonObject frame = receive();
    if (frame == null) {
      throw new IOException("the server has closed the connection");
    }
    return frame;
  }

  static String frame(String type, String address, String body, @Nullable String token) {
    String headers = token == null ? "{}" : "{\"authorization\": \"Bearer " + token + "\"}";
    return """
    {"type": "%s", "address": "%s", "body": %s, "headers": %s, "replyAddress": "r"}\
    """
        .formatted(type, address, body, headers);
  }

  /** A TCP connection. */
  record Tcp(Socket socket) implements BridgeClient {
    public Tcp {
      try {
        socket.setSoTimeout(PATIENCE_SECONDS * 1000);
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public void send(String frame) throws IOException {
      byte[] bytes = frame.getBytes(StandardCharsets.UTF_8);
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      out.writeInt(bytes.length);
      out.write(bytes);
      out.flush();
    }

    @Override
    public @Nullable JsonObject receive() throws IOException {
      DataInputStream in = new DataInputStream(socket.getInputStream());
      int first = in.read();
      if (first < 0) {
        return null;
      }
      int length =
          (first << 24)
              | (in.readUnsignedByte() << 16)
              | (in.readUnsignedByte() << 8)
              | in.readUnsignedByte();
      return (JsonObject) JsonReader.read(in.readNBytes(length));
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  /** A WebSocket of SockJS. */
  final class SockJs implements BridgeClient, WebSocket.Listener {
    private static final String CLOSED = "closed";

    private final HttpClient http = HttpClient.newHttpClient();
    private final WebSocket socket;
    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
    private final StringBuilder part = new StringBuilder();

    SockJs(int port) {
      socket =
          http.newWebSocketBuilder()
              .buildAsync(
                  URI.create("ws://127.0.0.1:" + port + "/eventbus/000/abcdefgh/websocket"), this)
              .join();
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      part.append(data);
      if (last) {
        received.add(part.toString());
        part.setLength(0);
      }
      from.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int status, String reason) {
      received.add(CLOSED);
      return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
      received.add(CLOSED);
    }

    @Override
    public void send(String frame) {
      socket.sendText("[" + JsonText.compact(new JsonString(frame)) + "]", true).join();
    }

    @Override
    public @Nullable JsonObject receive() throws InterruptedException {
      while (true) {
        String message = received.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (message == null) {
          throw new AssertionError("nothing comes");
        }
        if (message.equals(CLOSED) || message.startsWith("c")) {
          return null;
        }
        if (message.startsWith("a")) {
          String inner =
              JsonReader.read(message.substring(1)) instanceof JsonArray(var elements)
                      && elements.getFirst() instanceof JsonString(String text)
                  ? text
                  : "";
          return (JsonObject) JsonReader.read(inner);
        }
      }
    }

    @Override
    public void close() {
      socket.abort();
      http.shutdownNow();
    }
  }
}

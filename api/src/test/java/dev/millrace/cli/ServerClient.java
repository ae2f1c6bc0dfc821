package dev.millrace.cli;

import dev.millrace.http.MillraceServer;
import dev.millrace.http.Tls;
import dev.millrace.json.JsonArray;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonReader;
import dev.millrace.json.JsonString;
import dev.millrace.runtime.EngineConfig;
import dev.millrace.telemetry.Telemetry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a program does that talks to a server, by the HTTP client of the JDK. */
final class ServerClient implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** What servers in this process log is looked at by tests of real processes. */
  private static final Logger QUIET = Logger.getLogger("dev.millrace");

  static {
    QUIET.setLevel(Level.OFF);
  }

  private final HttpClient http = HttpClient.newHttpClient();
  private final String base;

  ServerClient(int port) {
    base = "http://127.0.0.1:" + port;
  }

  /** Starts a server that lets steps run as processes. */
  static MillraceServer server(Path state) throws IOException {
    return server(state, "127.0.0.1", null);
  }

  static MillraceServer server(Path state, String host, @Nullable Tls tls) throws IOException {
    return server(state, host, tls, Telemetry.local());
  }

  /** Starts a server that is watched. */
  static MillraceServer server(Path state, Telemetry telemetry) throws IOException {
    return server(state, "127.0.0.1", null, telemetry);
  }

  private static MillraceServer server(
      Path state, String host, @Nullable Tls tls, Telemetry telemetry) throws IOException {
    Installed installed = Installed.forServer(true);
    EngineConfig config =
        new EngineConfig(state, Map.of("cpus", 2.0), System.getenv("PATH"), Map.of(), false);
    return MillraceServer.start(
        new MillraceServer.Config(
            host,
            0,
            0,
            tls,
            config,
            installed.parts(state),
            installed.offers(),
            warning -> {
              throw new AssertionError(warning);
            },
            telemetry));
  }

  HttpResponse<String> send(String method, String path, String body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base + path))
            .timeout(PATIENCE)
            .method(method, BodyPublishers.ofString(body));
    if (!body.isEmpty()) {
      request.header("Content-Type", "application/json");
    }
    if (headers.length > 0) {
      request.headers(headers);
    }
    return send(request.build(), BodyHandlers.ofString());
  }

  /** Sends with just these headers. */
  HttpResponse<String> sendAs(String method, String path, String body, String... headers) {
    return send(
        HttpRequest.newBuilder(URI.create(base + path))
            .timeout(PATIENCE)
            .method(method, BodyPublishers.ofString(body))
            .headers(headers)
            .build(),
        BodyHandlers.ofString());
  }

  private <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler) {
    try {
      return http.send(request, handler);
    } catch (IOException e) {
      throw new AssertionError(request + " failed", e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  JsonObject get(String path) {
    return json(send("GET", path, ""));
  }

  static JsonObject json(HttpResponse<String> response) {
    return (JsonObject) JsonReader.read(response.body());
  }

  /** Submits a pipeline and returns the run's id. */
  String submit(String pipeline, String... headers) {
    HttpResponse<String> response =
        send("POST", "/v1/runs", "{\"pipeline\": " + pipeline + "}", headers);
    if (response.statusCode() != 202) {
      throw new AssertionError(response.body());
    }
    return text(json(response), "run");
  }

  String status(String run) {
    return text(get("/v1/runs/" + run), "status");
  }

  void awaitStatus(String run, String status) {
    MillraceProcess.await(run + " is " + status, () -> status(run).equals(status));
  }

  /** Follows a run to its end, and returns its events. */
  List<JsonObject> follow(String run, long after) {
    List<JsonObject> events = new ArrayList<>();
    try (Stream<String> lines = send(following(run, after), BodyHandlers.ofLines()).body()) {
      lines.forEach(line -> take(line, events));
    }
    return events;
  }

  /** Adds the events behind those already seen, until the stream ends or breaks. */
  void follow(String run, List<JsonObject> seen) {
    try (Stream<String> lines =
        http.send(following(run, seen.size()), BodyHandlers.ofLines()).body()) {
      lines.forEach(line -> take(line, seen));
    } catch (IOException | UncheckedIOException e) {
      // The server is gone; whoever follows comes again.
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private HttpRequest following(String run, long after) {
    return HttpRequest.newBuilder(URI.create(base + "/v1/runs/" + run + "/events"))
        .timeout(PATIENCE)
        .header("Accept", "text/event-stream")
        .header("Last-Event-ID", Long.toString(after))
        .build();
  }

  /** Opens a stream of events; to be closed. */
  Stream<String> stream(String path, String... headers) {
    return send(
            HttpRequest.newBuilder(URI.create(base + path))
                .timeout(PATIENCE)
                .headers(headers)
                .header("Accept", "text/event-stream")
                .build(),
            BodyHandlers.ofLines())
        .body();
  }

  private static void take(String line, List<JsonObject> events) {
    if (line.startsWith("data: ")) {
      events.add((JsonObject) JsonReader.read(line.substring(6)));
    }
  }

  static String text(JsonObject object, String name) {
    return object.get(name) instanceof JsonString(String text) ? text : "";
  }

  static JsonObject member(JsonObject object, String name) {
    return object.get(name) instanceof JsonObject member ? member : JsonObject.EMPTY;
  }

  static List<JsonObject> list(JsonObject object, String name) {
    List<JsonObject> list = new ArrayList<>();
    if (object.get(name) instanceof JsonArray array) {
      array.elements().forEach(element -> list.add((JsonObject) element));
    }
    return list;
  }

  @Override
  public void close() {
    http.close();
  }
}

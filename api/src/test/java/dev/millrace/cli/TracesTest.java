package dev.millrace.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.millrace.http.MillraceServer;
import dev.millrace.telemetry.Telemetry;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs as a collector of traces sees them. */
class TracesTest {
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String CALLER = "00f067aa0ba902b7";

  /** Tried again and again, an export takes some ten seconds to fail. */
  private static final String NO_RETRY = "otel.java.exporter.otlp.retry.disabled";

  private static final String PIPELINE =
      """
      {"version": 1, "name": "train", "steps": {
        "prepare": {"script": "echo 1 > x", "outputs": {"x": "x"}},
        "fit": {"matrix": {"depth": [1, 2]}, "script": "cat inputs/x",
                "inputs": {"x": {"from": "prepare.x"}}},
        "bad": {"script": "exit %d", "retry": {"attempts": 2, "delay": "10ms"}}}}\
      """;

  @TempDir private Path state;

  /** A collector that takes what is sent by OTLP over HTTP. */
  private static final class Collector implements AutoCloseable {
    private final List<Span> spans = new CopyOnWriteArrayList<>();
    private final List<String> resources = new CopyOnWriteArrayList<>();
    private final HttpServer http;

    Collector() throws IOException {
      http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      http.createContext("/v1/traces", this::take);
      http.start();
    }

    String address() {
      return "http://127.0.0.1:" + http.getAddress().getPort();
    }

    private void take(HttpExchange exchange) throws IOException {
      ExportTraceServiceRequest request =
          ExportTraceServiceRequest.parseFrom(exchange.getRequestBody());
      for (ResourceSpans resource : request.getResourceSpansList()) {
        resources.add(resource.getResource().toString());
        for (ScopeSpans scope : resource.getScopeSpansList()) {
          spans.addAll(scope.getSpansList());
        }
      }
      byte[] answer = ExportTraceServiceResponse.getDefaultInstance().toByteArray();
      exchange.getResponseHeaders().add("Content-Type", "application/x-protobuf");
      exchange.sendResponseHeaders(200, answer.length == 0 ? -1 : answer.length);
      try (OutputStream out = exchange.getResponseBody()) {
        out.write(answer);
      }
    }

    List<Span> named(String name) {
      return spans.stream().filter(span -> span.getName().equals(name)).toList();
    }

    Span root(String status) {
      return named("run train").stream()
          .filter(span -> attribute(span, "millrace.status").equals(status))
          .findFirst()
          .orElseThrow(() -> new AssertionError(spans));
    }

    @Override
    public void close() {
      http.stop(0);
    }
  }

  private static String attribute(Span span, String name) {
    return span.getAttributesList().stream()
        .filter(one -> one.getKey().equals(name))
        .map(
            one ->
                switch (one.getValue().getValueCase()) {
                  case STRING_VALUE -> one.getValue().getStringValue();
                  case INT_VALUE -> Long.toString(one.getValue().getIntValue());
                  case BOOL_VALUE -> Boolean.toString(one.getValue().getBoolValue());
                  default -> one.getValue().toString();
                })
        .findFirst()
        .orElse("");
  }

  private static String hex(ByteString id) {
    return HexFormat.of().formatHex(id.toByteArray());
  }

  @Test
  void aRunIsATraceAndItsAttemptsAreSpans() throws Exception {
    try (Collector collector = new Collector()) {
      String run;
      try (Telemetry telemetry = Telemetry.open(collector.address(), Map.of(), "1");
          MillraceServer server = ServerClient.server(state, telemetry);
          ServerClient client = new ServerClient(server.port())) {
        run = client.submit(PIPELINE.formatted(3), "traceparent", parent(CALLER));
        client.awaitStatus(run, "failed");
      }
      Span root = collector.root("failed");
      assertEquals(TRACE, hex(root.getTraceId()));
      assertEquals(CALLER, hex(root.getParentSpanId()));
      assertEquals(Status.StatusCode.STATUS_CODE_ERROR, root.getStatus().getCode());
      assertEquals(run, attribute(root, "millrace.run"));
      assertEquals("4", attribute(root, "millrace.tasks"));
      assertEquals(2, collector.named("fit").size());
      assertEquals(2, collector.named("bad").size(), "one for each attempt");
      for (Span span : collector.spans) {
        assertEquals(TRACE, hex(span.getTraceId()));
        assertTrue(span.getStartTimeUnixNano() <= span.getEndTimeUnixNano());
        if (!span.equals(root)) {
          assertEquals(hex(root.getSpanId()), hex(span.getParentSpanId()));
          assertTrue(span.getStartTimeUnixNano() >= root.getStartTimeUnixNano());
          assertTrue(span.getEndTimeUnixNano() <= root.getEndTimeUnixNano());
        }
      }
      Span failed = collector.named("bad").getLast();
      assertEquals(Status.StatusCode.STATUS_CODE_ERROR, failed.getStatus().getCode());
      assertEquals("exit code 3", failed.getStatus().getMessage());
      assertEquals("failure", attribute(failed, "millrace.failure"));
      assertEquals("3", attribute(failed, "millrace.exit.code"));
      assertTrue(collector.resources.getFirst().contains("millrace"));
    }
  }

  private static String parent(String span) {
    return "00-" + TRACE + "-" + span + "-01";
  }

  @Test
  void whatComesFromTheCacheIsASpanWithoutLengthAndARetryIsBelowItsRun() throws Exception {
    try (Collector collector = new Collector()) {
      String run;
      try (Telemetry telemetry = Telemetry.open(collector.address(), Map.of(), "1");
          MillraceServer server = ServerClient.server(state, telemetry);
          ServerClient client = new ServerClient(server.port())) {
        client.awaitStatus(client.submit(PIPELINE.formatted(0)), "succeeded");
        run = client.submit(PIPELINE.formatted(3));
        client.awaitStatus(run, "failed");
        client.send("POST", "/v1/runs/" + run + "/retry", "");
        client.awaitStatus(run, "failed");
        MillraceProcess.await(
            "it has ended again",
            () -> client.follow(run, 0).toString().split("run.finished").length == 3);
      }
      Span good = collector.root("succeeded");
      Span root = collector.root("failed");
      assertNotEquals(good.getTraceId(), root.getTraceId());
      assertEquals(Status.StatusCode.STATUS_CODE_OK, good.getStatus().getCode());
      List<Span> cached =
          collector.spans.stream()
              .filter(span -> attribute(span, "millrace.cached").equals("true"))
              .filter(span -> span.getTraceId().equals(root.getTraceId()))
              .toList();
      assertEquals(3, cached.size());
      cached.forEach(span -> assertEquals(span.getStartTimeUnixNano(), span.getEndTimeUnixNano()));
      List<Span> retries =
          collector.named("run train").stream()
              .filter(span -> span.getParentSpanId().equals(root.getSpanId()))
              .toList();
      assertEquals(1, retries.size());
      assertEquals("local", attribute(retries.getFirst(), "millrace.retried.by"));
    }
  }

  /** A run that goes on in another process is one trace. */
  @Test
  void aTraceGoesOnAfterARestart() throws Exception {
    try (Collector collector = new Collector()) {
      String run;
      try (Telemetry telemetry = Telemetry.open(collector.address(), Map.of(), "1");
          MillraceServer server = ServerClient.server(state, telemetry);
          ServerClient client = new ServerClient(server.port())) {
        run =
            client.submit(
                """
                {"version": 1, "name": "train", "steps": {
                  "a": {"script": "true"},
                  "b": {"needs": ["a"], "script": "true", "approval": true}}}\
                """);
        String task = "/v1/runs/" + run + "/tasks/b";
        MillraceProcess.await(
            "held", () -> ServerClient.text(client.get(task), "status").equals("held"));
      }
      String environment = "OTEL_EXPORTER_OTLP_ENDPOINT";
      try (Telemetry telemetry =
              Telemetry.open(null, Map.of(environment, collector.address()), "1");
          MillraceServer server = ServerClient.server(state, telemetry);
          ServerClient client = new ServerClient(server.port())) {
        String task = "/v1/runs/" + run + "/tasks/b";
        MillraceProcess.await(
            "held", () -> ServerClient.text(client.get(task), "status").equals("held"));
        client.send("POST", task + "/approve", "");
        client.awaitStatus(run, "succeeded");
      }
      Span root = collector.root("succeeded");
      for (String name : List.of("a", "b")) {
        Span span = collector.named(name).getFirst();
        assertEquals(root.getTraceId(), span.getTraceId());
        assertEquals(root.getSpanId(), span.getParentSpanId());
      }
      assertEquals(3, collector.spans.size());
    }
  }

  @Test
  void aCollectorThatIsNotThereCostsAWarning() throws Exception {
    System.setProperty(NO_RETRY, "true");
    try {
      sendToNobody();
    } finally {
      System.clearProperty(NO_RETRY);
    }
  }

  private void sendToNobody() throws Exception {
    String nobody;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nobody = "http://127.0.0.1:" + socket.getLocalPort();
    }
    try (Telemetry telemetry = Telemetry.open(nobody, Map.of(), "1");
        MillraceServer server = ServerClient.server(state, telemetry);
        ServerClient client = new ServerClient(server.port())) {
      client.awaitStatus(client.submit(PIPELINE.formatted(0)), "succeeded");
      telemetry.flush();
      MillraceProcess.await("the spans are lost", () -> spans(client, "lost") == 5);
      assertEquals(0, spans(client, "sent"));
    }
  }

  private static double spans(ServerClient client, String outcome) {
    return MetricsTest.metrics(client)
        .getOrDefault("millrace_trace_spans_total{outcome=\"" + outcome + "\"}", -1.0);
  }
}

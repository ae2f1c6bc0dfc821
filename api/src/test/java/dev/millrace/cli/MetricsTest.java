package dev.millrace.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.http.MillraceServer;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a server shows of itself, and what is made of it. */
class MetricsTest {
  private static final Pattern SAMPLE = Pattern.compile("([a-z_0-9]+(?:\\{[^}]*})?) (\\S+)");

  @TempDir private Path state;

  @Test
  void whatAServerDoesIsCountedAndMeasured() throws Exception {
    try (MillraceServer server = ServerClient.server(state);
        ServerClient client = new ServerClient(server.port())) {
      runSome(client);
      client.awaitStatus(client.submit(endless()), "running");
      MillraceProcess.await(
          "it runs",
          () -> metrics(client).getOrDefault("millrace_tasks{phase=\"running\"}", 0.) == 1);

      Map<String, Double> metrics = metrics(client);

      assertSamples(
          metrics,
          Map.ofEntries(
              Map.entry("millrace_runs_accepted_total", 4.0),
              Map.entry("millrace_runs_in_flight", 1.0),
              Map.entry("millrace_runs_ended_total{status=\"succeeded\"}", 2.0),
              Map.entry("millrace_runs_ended_total{status=\"failed\"}", 1.0),
              Map.entry("millrace_run_duration_seconds_count{status=\"failed\"}", 1.0),
              Map.entry("millrace_run_first_start_seconds_count", 3.0),
              Map.entry("millrace_tasks_ended_total{outcome=\"succeeded\"}", 2.0),
              Map.entry("millrace_tasks_ended_total{outcome=\"cached\"}", 2.0),
              Map.entry("millrace_tasks_ended_total{outcome=\"failed\"}", 1.0),
              Map.entry("millrace_tasks_failed_total{kind=\"failure\"}", 1.0),
              Map.entry("millrace_attempts_failed_total{kind=\"failure\"}", 2.0),
              Map.entry("millrace_attempts_started_total{executor=\"local\"}", 5.0),
              Map.entry("millrace_task_queue_wait_seconds_count", 5.0),
              Map.entry("millrace_dispatch_latency_seconds_count", 5.0),
              Map.entry("millrace_cache_hits_total", 2.0),
              Map.entry("millrace_cache_misses_total{reason=\"first\"}", 5.0),
              Map.entry("millrace_cache_saved_bytes_total", 6.0),
              Map.entry(
                  "millrace_http_requests_total{operation=\"submitRun\",status=\"2xx\"}", 4.0),
              Map.entry(
                  "millrace_http_requests_total{operation=\"submitRun\",status=\"4xx\"}", 1.0),
              Map.entry("millrace_ready", 1.0),
              Map.entry("millrace_streams_open", 0.0)));
      for (String above :
          List.of(
              "millrace_journal_commit_seconds_count",
              "millrace_journal_commit_changes_sum",
              "millrace_disk_free_bytes",
              "millrace_store_bytes",
              "process_uptime_seconds",
              "process_cpu_seconds_total",
              "jvm_processors")) {
        assertTrue(metrics.getOrDefault(above, -1.0) >= 0, above);
      }
      assertNoNamesOfRuns(metrics, client);
    }
  }

  /** Two runs that succeed, the second from the cache, one that fails, and one refused. */
  static void runSome(ServerClient client) {
    for (int i = 0; i < 2; i++) {
      client.awaitStatus(
          client.submit(
              """
              {"version": 1, "name": "two", "steps": {"t": {
                 "matrix": {"i": [1, 2]}, "script": "echo ${{ matrix.i }}0 > x",
                 "outputs": {"x": "x"}}}}\
              """),
          "succeeded");
    }
    client.awaitStatus(
        client.submit(
            """
            {"version": 1, "name": "bad", "steps": {"t": {
               "script": "exit 3", "retry": {"attempts": 2, "delay": "10ms"}}}}\
            """),
        "failed");
    client.send("POST", "/v1/runs", "{\"pipeline\": {}}");
  }

  private static String endless() {
    return "{\"version\": 1, \"name\": \"e\", \"steps\": {\"w\": {\"script\": \"exec sleep 99\"}}}";
  }

  private static void assertSamples(Map<String, Double> metrics, Map<String, Double> expected) {
    Map<String, String> found = new TreeMap<>();
    Map<String, String> wanted = new TreeMap<>();
    expected.forEach(
        (name, value) -> {
          wanted.put(name, value.toString());
          found.put(name, String.valueOf(metrics.get(name)));
        });
    assertEquals(wanted, found);
  }

  private static void assertNoNamesOfRuns(Map<String, Double> metrics, ServerClient client) {
    String run =
        ServerClient.text(ServerClient.list(client.get("/v1/runs"), "runs").getFirst(), "run");
    Set<String> named = new TreeSet<>(metrics.keySet());
    named.removeIf(name -> !name.contains(run) && !name.contains("\"two\""));
    assertEquals(Set.of(), named);
  }

  /** Returns all samples by name and labels. */
  static Map<String, Double> metrics(ServerClient client) {
    HttpResponse<String> answer = client.send("GET", "/metrics", "");
    assertEquals(200, answer.statusCode(), answer.body());
    Map<String, Double> samples = new TreeMap<>();
    for (String line : answer.body().lines().toList()) {
      Matcher sample = SAMPLE.matcher(line);
      if (!line.startsWith("#") && sample.matches()) {
        samples.put(sample.group(1), Double.valueOf(sample.group(2)));
      }
    }
    return samples;
  }

  @Test
  void aReaderMayAskForOpenMetrics() throws Exception {
    try (MillraceServer server = ServerClient.server(state);
        ServerClient client = new ServerClient(server.port())) {
      HttpResponse<String> plain = client.send("GET", "/metrics", "");
      HttpResponse<String> open =
          client.send("GET", "/metrics", "", "Accept", "application/openmetrics-text");
      assertTrue(type(plain).startsWith("text/plain"), type(plain));
      assertTrue(type(open).startsWith("application/openmetrics-text"), type(open));
      assertTrue(open.body().endsWith("# EOF\n"));
    }
  }

  private static String type(HttpResponse<String> answer) {
    return answer.headers().firstValue("Content-Type").orElse("");
  }
}

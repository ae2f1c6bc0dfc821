package dev.millrace.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.http.MillraceServer;
import dev.millrace.json.JsonArray;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonReader;
import dev.millrace.json.JsonString;
import dev.millrace.json.JsonValue;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

/** What is shipped for Prometheus and Grafana goes with what a server really shows. */
class DashboardsTest {
  private static final Path DOCKER = Path.of("..", "docker");
  private static final Pattern METRIC =
      Pattern.compile("\\b(?:millrace|jvm|process|system)_[a-z0-9_]+\\b");

  private static final String COLLECTIONS = "jvm_gc_pause_seconds_sum";

  @TempDir private Path folder;

  @Test
  void everyMetricThatIsLookedAtIsShown() throws Exception {
    Set<String> wanted = new TreeSet<>();
    collect(
        JsonReader.read(Files.readString(DOCKER.resolve("grafana/dashboard.json"))),
        "expr",
        wanted);
    collectRules(wanted);
    assertTrue(wanted.size() > 35, wanted.toString());
    try (MillraceServer server = ServerClient.server(folder);
        ServerClient client = new ServerClient(server.port())) {
      MetricsTest.runSome(client);
      System.gc();
      Set<String> other = new TreeSet<>(wanted);
      other.remove(COLLECTIONS);
      other.removeAll(names(client));
      assertEquals(Set.of(), other, "looked for, and not shown");
      // Told by the collector, a moment after.
      MillraceProcess.await("collections", () -> names(client).contains(COLLECTIONS));
    }
  }

  private static Set<String> names(ServerClient client) {
    Set<String> names = new TreeSet<>();
    MetricsTest.metrics(client)
        .keySet()
        .forEach(sample -> names.add(sample.replaceFirst("\\{.*", "")));
    return names;
  }

  private static void collect(JsonValue in, String member, Set<String> names) {
    switch (in) {
      case JsonObject object -> {
        if (object.get(member) instanceof JsonString(String text)) {
          addNames(text, names);
        }
        object.members().values().forEach(value -> collect(value, member, names));
      }
      case JsonArray array -> array.elements().forEach(value -> collect(value, member, names));
      default -> {}
    }
  }

  private static void collectRules(Set<String> names) throws IOException {
    Map<String, List<Map<String, List<Map<String, Object>>>>> rules =
        new Yaml().load(Files.readString(DOCKER.resolve("prometheus/rules.yml")));
    rules
        .getOrDefault("groups", List.of())
        .forEach(
            group ->
                group
                    .getOrDefault("rules", List.of())
                    .forEach(rule -> addNames(String.valueOf(rule.get("expr")), names)));
  }

  private static void addNames(String expression, Set<String> names) {
    Matcher matcher = METRIC.matcher(expression);
    while (matcher.find()) {
      names.add(matcher.group());
    }
  }

  @Test
  void provisioningIsWellFormed() throws IOException {
    for (String file : List.of("datasources/prometheus.yml", "dashboards/millrace.yml")) {
      Map<String, Object> yaml =
          new Yaml().load(Files.readString(DOCKER.resolve("grafana/provisioning").resolve(file)));
      assertEquals(1, yaml.get("apiVersion"), file);
    }
  }

  @Test
  void prometheusAcceptsTheConfigurationAndTheRulesDoWhatTheySay() throws Exception {
    assumePromtool();
    for (String file : List.of("prometheus.yml", "rules.yml", "rules_test.yml")) {
      Files.copy(DOCKER.resolve("prometheus").resolve(file), folder.resolve(file));
    }
    Files.writeString(folder.resolve("token"), "secret");
    promtool("", "check", "config", "prometheus.yml");
    promtool("", "check", "rules", "rules.yml");
    promtool("", "test", "rules", "rules_test.yml");
  }

  @Test
  void prometheusFindsNothingWrongWithTheMetrics() throws Exception {
    assumePromtool();
    try (MillraceServer server = ServerClient.server(folder.resolve("state"));
        ServerClient client = new ServerClient(server.port())) {
      MetricsTest.runSome(client);
      promtool(client.send("GET", "/metrics", "").body(), "check", "metrics");
    }
  }

  private static void assumePromtool() {
    boolean installed;
    try {
      installed = new ProcessBuilder("promtool", "--version").start().waitFor() == 0;
    } catch (IOException | InterruptedException e) {
      installed = false;
    }
    assumeTrue(installed, "promtool is not installed: apt-get install prometheus");
  }

  private void promtool(String input, String... words) throws Exception {
    List<String> command = new ArrayList<>(List.of("promtool"));
    command.addAll(List.of(words));
    Path in = Files.writeString(folder.resolve("input"), input);
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectInput(in.toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
  }
}

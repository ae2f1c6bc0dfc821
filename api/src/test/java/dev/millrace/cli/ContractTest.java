package dev.millrace.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.digest.Digest;
import dev.millrace.http.MillraceServer;
import dev.millrace.json.JsonReader;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

/** Every operation of the contract, asked rightly and wrongly: never an answer from 500 on. */
class ContractTest {
  private static final long SEED = Long.getLong("millrace.seed", 20261125);
  private static final int REQUESTS = Integer.getInteger("millrace.contract.requests", 1_500);

  private static final String PIPELINE =
      """
      {"version": 1, "name": "p", "params": {"n": {"type": "integer", "default": 1}}, "steps": {
        "a": {"script": "echo hi", "matrix": {"i": [1, 2]}}, "b": {"needs": ["a"], "script": "exit 1"}}}\
      """;

  private static final List<String> VALUES =
      List.of(
          "",
          "0",
          "-1",
          "1",
          "99999999999999999999",
          "a",
          "..",
          "../../etc/passwd",
          "%00",
          "\u0000",
          "a[i=1]",
          "sha256:" + "0".repeat(64),
          "x".repeat(5_000),
          "{}",
          "null",
          "\"",
          "'; --",
          "é😀");

  private static final List<String> BODIES =
      List.of(
          "",
          "{",
          "null",
          "[]",
          "7",
          "\"x\"",
          "{}",
          "[".repeat(5_000),
          "{\"pipeline\": null}",
          "{\"pipeline\": {}}",
          "{\"pipeline\": {\"version\": 1, \"name\": \"x\", \"steps\": {}}}",
          "{\"pipeline\": 1e999}",
          "{\"pipeline\": {\"a\": 1, \"a\": 2}}",
          "{\"digests\": [7]}",
          "{\"digests\": [\"sha256:00\"]}",
          "{\"force\": 1}",
          "{\"force\": true}",
          "{\"pipeline\": \"p\"}",
          "{\"pipeline\": \"@\", \"params\": {\"n\": \"x\"}}",
          "{\"pipeline\": \"p\", \"cron\": \"0 0 1 1 *\", \"paused\": true}",
          "{\"pipeline\": \"p\", \"cron\": \"* * *\", \"timeZone\": \"Mars\", \"end\": 0,"
              + " \"start\": 9}",
          "{\"pipeline\": \"p\", \"type\": \"webhook\", \"paramsFrom\": {\"n\": \"/n\"}}",
          "{\"pipeline\": \"p\", \"type\": \"event\", \"when\": {\"types\": [\"x\"], \"where\":"
              + " {\"\": 1}}}",
          "{\"pipeline\": \"p\", \"type\": \"metric\", \"when\": {\"metric\": \"a\", \"below\":"
              + " 1}}",
          "\uFFFF\u0000",
          "{\"reject\": true, \"comment\": \"" + "x".repeat(20_000) + "\"}");

  @TempDir private Path state;

  @Test
  void noRequestBringsTheServerToItsEnd() throws IOException {
    Random random = new Random(SEED);
    Set<String> seen = new TreeSet<>();
    try (MillraceServer server = ServerClient.server(state);
        ServerClient client = new ServerClient(server.port())) {
      String run = client.submit(PIPELINE);
      client.awaitStatus(run, "failed");
      List<Operation> operations = operations(client.send("GET", "/openapi.yaml", "").body());
      for (int i = 0; i < REQUESTS; i++) {
        Operation operation = operations.get(random.nextInt(operations.size()));
        String path = path(operation, run, random);
        String body = body(operation, random);
        HttpResponse<String> answer = client.send(operation.method, path, body);
        String asked = operation.method + " " + path + " " + body + " with seed " + SEED;
        assertTrue(answer.statusCode() < 500, () -> asked + ": " + answer.body());
        if (answer.statusCode() >= 400 && !operation.method.equals("HEAD")) {
          assertEquals(
              "application/problem+json",
              answer.headers().firstValue("Content-Type").orElse(""),
              () -> asked + ": " + answer.statusCode());
          JsonReader.read(answer.body());
          assertTrue(!answer.body().contains("\tat "), answer::body);
        }
        seen.add(operation.id + " " + (answer.statusCode() < 400));
      }
      for (Operation operation : operations) {
        // What takes nothing has nothing to refuse.
        boolean takesNothing = operation.path.equals("/metrics");
        assertTrue(
            takesNothing || seen.contains(operation.id + " false"),
            () -> operation.id + " never refused");
      }
      // It may just be tried again, or have been cancelled when it was.
      MillraceProcess.await(
          run + " has ended", () -> Set.of("failed", "cancelled").contains(client.status(run)));
    }
  }

  private record Operation(String id, String method, String path, List<String> query) {}

  private static List<Operation> operations(String contract) {
    List<Operation> operations = new ArrayList<>();
    Map<String, Map<String, Map<String, Object>>> parsed = new Yaml().load(contract);
    Map<String, Map<String, Object>> paths = parsed.getOrDefault("paths", Map.of());
    paths.forEach(
        (path, item) ->
            item.forEach(
                (method, content) -> {
                  if (content instanceof Map<?, ?> operation) {
                    List<String> query = new ArrayList<>();
                    if (operation.get("parameters") instanceof List<?> parameters) {
                      for (Object parameter : parameters) {
                        if (((Map<?, ?>) parameter).get("name") instanceof String name) {
                          query.add(name);
                        }
                      }
                      query.add("limit");
                    }
                    String id = String.valueOf(operation.get("operationId"));
                    operations.add(new Operation(id, method.toUpperCase(Locale.ROOT), path, query));
                  }
                }));
    return operations;
  }

  private static String path(Operation operation, String run, Random random) {
    boolean right = random.nextInt(3) > 0;
    StringBuilder path = new StringBuilder();
    String filled =
        operation
            .path
            .replace("{run}", right ? run : encoded(random))
            .replace("{task}", random.nextBoolean() ? "b" : encoded(random))
            .replace("{webhook}", right ? "hook" : encoded(random))
            .replace("{digest}", right ? Digest.of("hi\n").text() : encoded(random))
            .replaceAll("\\{[a-z]+}", right ? "p" : encoded(random).replace("\\", ""));
    path.append(filled);
    char next = '?';
    for (String name : operation.query) {
      if (random.nextInt(3) == 0) {
        path.append(next).append(name).append('=').append(encoded(random));
        next = '&';
      }
    }
    return path.toString();
  }

  private static String encoded(Random random) {
    String value = VALUES.get(random.nextInt(VALUES.size()));
    return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static String body(Operation operation, Random random) {
    if (operation.method.equals("GET") || operation.method.equals("HEAD")) {
      return "";
    }
    return random.nextInt(4) == 0
        ? "{\"pipeline\": " + PIPELINE + ", \"digests\": []}"
        : BODIES.get(random.nextInt(BODIES.size()));
  }
}

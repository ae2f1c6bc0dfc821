package dev.millrace.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.access.Role;
import dev.millrace.access.TokenFile;
import dev.millrace.http.MillraceServer;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

/** Every operation of the contract, asked with every role and with none. */
class AccessTest {
  private static final String BLOB = "sha256:" + "0".repeat(64);

  @TempDir private Path state;

  private TokenFile tokens() {
    return new TokenFile(state);
  }

  private String create(String name, Role role) throws Exception {
    return tokens().create(name, role, Instant.now(), null);
  }

  /** An operation, and the roles that the contract says may ask; empty where anybody may. */
  private record Operation(String id, String method, String path, Set<Role> roles) {}

  @Test
  void eachRoleMayDoWhatTheContractSaysAndNoMore() throws Exception {
    Map<Role, String> secrets = new HashMap<>();
    for (Role role : Role.values()) {
      secrets.put(role, create(role.label(), role));
    }
    try (MillraceServer server = ServerClient.server(state);
        ServerClient client = new ServerClient(server.port())) {
      List<Operation> operations = operations(client.send("GET", "/openapi.yaml", "").body());
      assertTrue(operations.size() > 13);
      for (Operation operation : operations) {
        int withNone = ask(client, operation, null).statusCode();
        boolean isOpen = operation.roles.isEmpty();
        assertEquals(isOpen, withNone != 401, () -> operation + " without a token: " + withNone);
        assertEquals(
            401, ask(client, operation, "mlr_wrong").statusCode(), () -> operation.toString());
        for (Role role : Role.values()) {
          boolean may = isOpen || operation.roles.stream().anyMatch(role::includes);
          HttpResponse<String> answer = ask(client, operation, secrets.get(role));
          int status = answer.statusCode();
          assertEquals(
              may,
              status != 401 && status != 403,
              () -> operation + " as " + role.label() + ": " + status + " " + answer.body());
        }
      }
    }
  }

  private static HttpResponse<String> ask(
      ServerClient client, Operation operation, @Nullable String secret) {
    String path =
        operation.path.replace("{digest}", BLOB).replaceAll("\\{[a-z]+}", "does-not-exist");
    String body = Set.of("POST", "PUT").contains(operation.method) ? "{}" : "";
    return secret == null
        ? client.send(operation.method, path, body)
        : client.send(operation.method, path, body, "Authorization", "Bearer " + secret);
  }

  private static List<Operation> operations(String contract) {
    Map<String, Map<String, Map<String, Object>>> parsed = new Yaml().load(contract);
    Map<String, Map<String, Object>> paths = parsed.getOrDefault("paths", Map.of());
    return paths.entrySet().stream()
        .flatMap(
            path ->
                path.getValue().entrySet().stream()
                    .filter(method -> !method.getKey().equals("parameters"))
                    .map(method -> operation(path.getKey(), method.getKey(), method.getValue())))
        .toList();
  }

  private static Operation operation(String path, String method, Object described) {
    Map<?, ?> operation = (Map<?, ?>) described;
    Set<Role> roles = new HashSet<>();
    for (Object alternative : elements(operation.get("security"))) {
      for (Object label : elements(((Map<?, ?>) alternative).get("token"))) {
        roles.add(Role.valueOf(label.toString().toUpperCase(Locale.ROOT)));
      }
    }
    return new Operation(
        String.valueOf(operation.get("operationId")), method.toUpperCase(Locale.ROOT), path, roles);
  }

  private static List<?> elements(@Nullable Object list) {
    return list instanceof List<?> elements ? elements : List.of();
  }

  @Test
  void rolesIncludeThoseBeforeThem() {
    assertTrue(Role.ADMIN.includes(Role.VIEWER));
    assertTrue(Role.SUBMITTER.includes(Role.SUBMITTER));
    assertFalse(Role.SUBMITTER.includes(Role.OPERATOR));
    assertFalse(Role.ADMIN.includes(Role.WORKER));
    assertFalse(Role.WORKER.includes(Role.VIEWER));
  }

  @Test
  void whatIsKeptDoesNotTellTheSecretAndIsForTheOwnerOnly() throws Exception {
    String secret = create("ci", Role.SUBMITTER);
    Path file = state.resolve("tokens.json");
    assertFalse(Files.readString(file).contains(secret.substring(4)));
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    assertThrows(TokenFile.TokenNameException.class, () -> create("ci", Role.ADMIN));
  }

  @Test
  void tokensCountFromTheMomentTheyAreMadeUntilTheyAreRevokedOrOver() throws Exception {
    try (MillraceServer server = ServerClient.server(state);
        ServerClient client = new ServerClient(server.port())) {
      assertEquals(200, client.send("GET", "/v1/runs", "").statusCode());
      String secret = create("a", Role.VIEWER);
      MillraceProcess.await(
          "the first token closes the server",
          () -> client.send("GET", "/v1/runs", "").statusCode() == 401);
      assertEquals(200, list(client, secret));
      Instant past = Instant.now().minusSeconds(60);
      String over = tokens().create("over", Role.ADMIN, past, past.plusSeconds(30));
      tokens().revoke("a");
      MillraceProcess.await("it is revoked", () -> list(client, secret) == 401);
      assertEquals(401, list(client, over));
      tokens().revoke("over");
      String next = create("b", Role.VIEWER);
      MillraceProcess.await("the next counts", () -> list(client, next) == 200);
      HttpResponse<String> refused = client.send("GET", "/v1/runs", "");
      assertEquals("Bearer", refused.headers().firstValue("WWW-Authenticate").orElse(""));
    }
  }

  @Test
  void whatHadTokensNeverOpensByItself() throws Exception {
    create("a", Role.ADMIN);
    tokens().revoke("a");
    try (MillraceServer server = ServerClient.server(state);
        ServerClient client = new ServerClient(server.port())) {
      assertEquals(401, client.send("GET", "/v1/runs", "").statusCode());
    }
    for (String damaged : List.of("{}", "{\"tokens\": \"x\"}", "{\"tokens\": [{}]}", "")) {
      Files.writeString(state.resolve("tokens.json"), damaged);
      assertThrows(IOException.class, () -> ServerClient.server(state), damaged);
    }
  }

  private static int list(ServerClient client, String secret) {
    return client.send("GET", "/v1/runs", "", "Authorization", "bearer " + secret).statusCode();
  }

  @Test
  void whoSubmitsIsRecorded() throws Exception {
    String secret = create("ci", Role.SUBMITTER);
    try (MillraceServer server = ServerClient.server(state);
        ServerClient client = new ServerClient(server.port())) {
      String pipeline =
          "{\"version\": 1, \"name\": \"p\", \"steps\": {\"a\": {\"script\": \"true\"}}}";
      HttpResponse<String> accepted =
          client.send(
              "POST",
              "/v1/runs",
              "{\"pipeline\": " + pipeline + "}",
              "Authorization",
              "Bearer " + secret);
      assertEquals(202, accepted.statusCode(), accepted.body());
      assertTrue(accepted.body().contains("\"submitted-by\":\"ci\""), accepted.body());
      HttpResponse<String> forged =
          client.send(
              "POST",
              "/v1/runs",
              "{\"labels\": {\"submitted-by\": \"boss\"}, \"pipeline\": " + pipeline + "}",
              "Authorization",
              "Bearer " + secret);
      assertEquals(422, forged.statusCode(), forged.body());
    }
  }

  @Test
  void withoutTokensNobodyElseIsListenedTo() throws IOException {
    assertTrue(
        assertThrows(
                IllegalArgumentException.class, () -> ServerClient.server(state, "0.0.0.0", null))
            .toString()
            .contains("without tokens"));
  }
}

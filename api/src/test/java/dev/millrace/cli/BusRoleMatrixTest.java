package dev.millrace.cli;

import static dev.millrace.cli.ServerClient.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.access.Role;
import dev.millrace.access.TokenFile;
import dev.millrace.bus.BusAddress;
import dev.millrace.http.MillraceServer;
import dev.millrace.json.JsonNumber;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonText;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every address of the event bus, asked with every role and with none, over both bridges. */
class BusRoleMatrixTest {
  private static final String ASKED =
      "{\"run\": \"2-nobody\", \"task\": \"t\", \"pipeline\": {\"steps\": 7}}";
  private static final List<String> PUBLISHED = List.of("millrace.events", "millrace.events.2-x");
  private static final List<String> NOBODYS =
      List.of(
          "millrace.runs",
          "millrace.events.read.x",
          "__vertx.reply.1",
          "r",
          "millrace.runs.delete",
          "");

  @TempDir private Path state;

  /** The least role that each address needs: said here once more, so that a change is seen. */
  private static Role needed(BusAddress address) {
    return switch (address) {
      case GET, LIST, READ -> Role.VIEWER;
      case SUBMIT, CANCEL, RETRY -> Role.SUBMITTER;
      case APPROVE -> Role.OPERATOR;
    };
  }

  @Test
  void eachRoleMayDoWhatHttpsContractSaysAndNoMore() throws Exception {
    Map<Role, String> tokens = new EnumMap<>(Role.class);
    for (Role role : Role.values()) {
      tokens.put(role, new TokenFile(state).create(role.label(), role, Instant.now(), null));
    }
    try (MillraceServer server = ServerClient.server(state)) {
      try (BridgeClient tcp = BridgeClient.tcp(server.busPort())) {
        check(tcp, tokens);
      }
      try (BridgeClient sockJs = BridgeClient.sockJs(server.port())) {
        check(sockJs, tokens);
      }
    }
  }

  private static void check(BridgeClient client, Map<Role, String> tokens)
      throws IOException, InterruptedException {
    for (BusAddress address : BusAddress.values()) {
      assertEquals(401, code(client.ask(address.address(), ASKED, null)), address.address());
      assertEquals(401, code(client.ask(address.address(), ASKED, "mlr_x")), address.address());
      assertEquals(404, register(client, address.address(), tokens.get(Role.ADMIN)));
      for (Role role : Role.values()) {
        int code = code(client.ask(address.address(), ASKED, tokens.get(role)));
        String what = address + " as " + role + ": " + code;
        assertEquals(role.includes(needed(address)), code != 401 && code != 403, what);
        assertTrue(code < 500, what);
        client.send(BridgeClient.frame("publish", address.address(), "{}", tokens.get(role)));
        assertEquals(403, code(client.next()), what);
      }
    }
    for (String address : PUBLISHED) {
      assertEquals(401, register(client, address, null));
      assertEquals(401, register(client, address, "mlr_x"));
      for (Role role : Role.values()) {
        int expected = role.includes(Role.VIEWER) ? 0 : 403;
        assertEquals(expected, register(client, address, tokens.get(role)), address + role);
        client.send(BridgeClient.frame("publish", address, "{}", tokens.get(role)));
        assertEquals(403, code(client.next()));
        assertEquals(404, code(client.ask(address, "{}", tokens.get(role))));
        client.send(BridgeClient.frame("unregister", address, "{}", tokens.get(role)));
      }
    }
    for (String address : NOBODYS) {
      assertEquals(404, register(client, address, tokens.get(Role.ADMIN)));
      assertEquals(404, code(client.ask(address, "{}", tokens.get(Role.ADMIN))));
    }
  }

  /** Returns why it was refused, or 0: a registration is not answered, but the next frame is. */
  private static int register(BridgeClient client, String address, @Nullable String token)
      throws IOException, InterruptedException {
    client.send(BridgeClient.frame("register", address, "{}", token));
    client.send(BridgeClient.frame("no-such-type", "", "{}", token));
    JsonObject first = client.next();
    if (text(first, "message").contains("no-such-type")) {
      return 0;
    }
    assertTrue(text(client.next(), "message").contains("no-such-type"));
    return code(first);
  }

  private static int code(JsonObject frame) {
    if (text(frame, "type").equals("err")) {
      assertTrue(frame.get("failureCode") instanceof JsonNumber, () -> JsonText.compact(frame));
      int code = frame.get("failureCode") instanceof JsonNumber number ? (int) number.asLong() : -1;
      assertNotEquals(-1, code);
      return code;
    }
    assertTrue(Set.of("message", "rec").contains(text(frame, "type")));
    return 200;
  }
}

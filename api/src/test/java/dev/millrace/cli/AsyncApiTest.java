package dev.millrace.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.bus.BusAddress;
import dev.millrace.http.MillraceServer;
import dev.millrace.run.RunEvent;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

/** What the server promises of its events. */
class AsyncApiTest {
  private static final String PIPELINE =
      """
      {"version": 1, "name": "p", "steps": {
         "a": {"script": "exit 1", "retry": {"attempts": 2}},
         "b": {"script": "true", "needs": ["a"]}}}\
      """;

  @TempDir private Path state;

  @Test
  void itNamesEveryAddressAndEveryTypeOfEvent() throws Exception {
    try (MillraceServer server = ServerClient.server(state);
        ServerClient client = new ServerClient(server.port())) {
      String text = client.send("GET", "/asyncapi.yaml", "").body();
      Map<?, ?> document = new Yaml().load(text);
      Set<Object> addresses = new HashSet<>();
      in(document, "channels").values().forEach(one -> addresses.add(address(one)));
      for (BusAddress address : BusAddress.values()) {
        assertTrue(addresses.contains(address.address()), address.address());
      }
      assertTrue(addresses.contains(BusAddress.EVENTS));

      Map<?, ?> event = in(in(in(document, "components"), "schemas"), "Event");
      Set<Object> types = new HashSet<>(list(in(in(event, "properties"), "type")));
      assertEquals(RunEvent.class.getPermittedSubclasses().length, types.size());
      String run = client.submit(PIPELINE);
      client
          .follow(run, 0)
          .forEach(one -> assertTrue(types.contains(ServerClient.text(one, "type")), run));
    }
  }

  private static String address(Object channel) {
    return String.valueOf(((Map<?, ?>) channel).get("address"));
  }

  private static List<?> list(Map<?, ?> described) {
    return described.get("enum") instanceof List<?> values ? values : List.of();
  }

  private static Map<?, ?> in(Map<?, ?> parent, String name) {
    return parent.get(name) instanceof Map<?, ?> child ? child : Map.of();
  }

  @Test
  void thePublishedParserFindsNoFault() throws Exception {
    NodeScripts.install();
    Path document = Path.of("src", "main", "resources", "dev", "millrace", "http", "asyncapi.yaml");
    assertEquals(
        "all is well\n",
        NodeScripts.node(Path.of("asyncapi.js"), document.toAbsolutePath().toString()));
  }
}

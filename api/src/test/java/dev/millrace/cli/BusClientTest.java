package dev.millrace.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.millrace.access.Role;
import dev.millrace.access.TokenFile;
import dev.millrace.http.MillraceServer;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The clients of the event bus that others have published. */
class BusClientTest {
  @TempDir private Path state;

  @Test
  void theClientOfThePackageRegistryWorksUnchanged() throws Exception {
    NodeScripts.install();
    String token = new TokenFile(state).create("t", Role.SUBMITTER, Instant.now(), null);
    try (MillraceServer server = ServerClient.server(state)) {
      String base = "http://127.0.0.1:" + server.port();
      assertEquals("all is well\n", NodeScripts.node(Path.of("bus.js"), base, token, "mlr_wrong"));
    }
  }
}

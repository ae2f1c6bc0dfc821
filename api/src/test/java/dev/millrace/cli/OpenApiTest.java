package dev.millrace.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The contract of the HTTP interface, by the rules that contracts have. */
class OpenApiTest {

  @Test
  void thePublishedLinterFindsNoFault() throws Exception {
    NodeScripts.install();
    Path document = Path.of("src", "main", "resources", "dev", "millrace", "http", "openapi.yaml");
    assertEquals(
        "all is well\n",
        NodeScripts.node(Path.of("openapi.js"), document.toAbsolutePath().toString()));
  }
}

package dev.millrace.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each wrong document gives exactly the problems written beside it. With {@code -Dexpected=write}
 * they are written anew; read the difference before you keep it.
 */
class InvalidDocumentsTest {

  static List<String> names() throws IOException {
    return InvalidDocuments.names();
  }

  @ParameterizedTest
  @MethodSource("names")
  void givesExactlyTheseProblems(String name) throws IOException {
    String found =
        InvalidDocuments.render(problems(Files.readAllBytes(InvalidDocuments.path(name))));
    if ("write".equals(System.getProperty("expected"))) {
      Files.writeString(InvalidDocuments.expected(name), found);
    }
    assertEquals(Files.readString(InvalidDocuments.expected(name)), found);
  }

  private static List<Problem> problems(byte[] document) {
    return switch (PipelineParser.parse(document)) {
      case PipelineParser.Parsed _ -> List.of();
      case PipelineParser.Rejected rejected -> rejected.problems();
    };
  }
}

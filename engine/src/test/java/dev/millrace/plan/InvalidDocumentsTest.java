package dev.millrace.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.millrace.pipeline.InvalidDocuments;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
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
    String found = InvalidDocuments.render(problems(Files.readString(InvalidDocuments.path(name))));
    if ("write".equals(System.getProperty("expected"))) {
      Files.writeString(InvalidDocuments.expected(name), found);
    }
    assertEquals(Files.readString(InvalidDocuments.expected(name)), found);
  }

  private static List<Problem> problems(String document) {
    return switch (DocumentPlanner.plan(document, InvalidDocumentsTest::request)) {
      case Planned.Ok _ -> List.of();
      case Planned.Refused(List<Problem> problems) -> problems;
    };
  }

  private static PlanRequest request(Pipeline pipeline) {
    return new PlanRequest(
        pipeline,
        Map.of(),
        Map.of(),
        Map.of(
            "local",
            ExecutorOffer.of(ImageUse.NONE),
            "docker",
            ExecutorOffer.of(ImageUse.REQUIRED)),
        path -> Files.exists(InvalidDocuments.FOLDER.resolve(path)));
  }
}

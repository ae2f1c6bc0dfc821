package dev.millrace.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is kept of a submission tells its run's tasks by their numbers. */
class SubmissionTest {
  private static final String DOCUMENT =
      """
      {"version": 1, "name": "p", "steps": {"z": {"command": ["c"]},\
       "a": {"command": ["c"], "matrix": {"j": [1], "i": [2, 3]}}}}\
      """;

  private static Submission submission(String document) throws Exception {
    JsonObject json = (JsonObject) JsonReader.read(document.getBytes(StandardCharsets.UTF_8));
    return new Submission(json, Map.of(), Map.of(), Map.of(), false);
  }

  @Test
  void aDocumentIsKeptInItsOrder() throws Exception {
    Submission submission = submission(DOCUMENT);
    Submission kept = submission(new String(submission.documentBytes(), StandardCharsets.UTF_8));
    assertEquals(submission.digest(), kept.digest());
    assertEquals(
        List.of("z", "a"),
        kept.document().get("steps") instanceof JsonObject steps
            ? List.copyOf(steps.members().keySet())
            : List.of());
  }

  @Test
  void anotherOrderIsAnotherSubmission() throws Exception {
    String other = DOCUMENT.replace("\"j\": [1], \"i\": [2, 3]", "\"i\": [2, 3], \"j\": [1]");
    assertNotEquals(submission(DOCUMENT).digest(), submission(other).digest());
    assertEquals(submission(DOCUMENT).digest(), submission(DOCUMENT.replace(" ", "")).digest());
  }
}

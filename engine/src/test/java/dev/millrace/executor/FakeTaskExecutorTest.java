package dev.millrace.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The fake keeps the rules on ends that real executors keep. */
class FakeTaskExecutorTest {
  private final FakeTaskExecutor fake = new FakeTaskExecutor("fake");
  private final OutcomeRecorder recorder = new OutcomeRecorder();

  @Test
  void anAttemptLastsUntilItIsEnded() {
    Execution execution = fake.start(request("a"), recorder);
    assertEquals(List.of("a"), fake.running());
    ExecutionOutcome outcome = new ExecutionOutcome.Exited(3, ResourceUsage.NONE);
    fake.end("a", outcome);
    execution.cancel();
    assertEquals(outcome, recorder.await());
    assertThrows(IllegalStateException.class, () -> fake.end("a", outcome));
    fake.close();
    assertEquals(1, recorder.count());
  }

  @Test
  void closeCancelsWhatRunsAndWhatComesLater() {
    var _ = fake.start(request("a"), recorder);
    fake.close();
    assertInstanceOf(ExecutionOutcome.Cancelled.class, recorder.await());
    OutcomeRecorder late = new OutcomeRecorder();
    var _ = fake.start(request("b"), late);
    assertInstanceOf(ExecutionOutcome.Cancelled.class, late.await());
    assertEquals(1, recorder.count());
  }

  private static ExecutionRequest request(String attemptId) {
    Path nowhere = Path.of("nowhere");
    return new ExecutionRequest(
        attemptId, List.of("x"), Map.of(), nowhere, nowhere, nowhere, null, null, Map.of());
  }
}

package dev.millrace.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What all {@link StepDurations} must do: one test or more for each bullet of the contract. */
public abstract class StepDurationsTck {
  private StepDurations durations = new InMemoryStepDurations();

  /** Opens a store that has no records. */
  protected abstract StepDurations open() throws IOException;

  /** Closes the store and opens it again, as another process would. */
  protected abstract StepDurations reopen() throws IOException;

  @BeforeEach
  void openStore() throws IOException {
    durations = open();
  }

  private void record(String pipeline, Map<String, Long> millis) {
    durations.record(pipeline, millis).toCompletableFuture().join();
  }

  @Test
  void nothingIsKnownAtFirst() {
    assertEquals(Map.of(), durations.averageMillis("p"));
    record("p", Map.of());
    assertEquals(Map.of(), durations.averageMillis("p"));
  }

  @Test
  void theFirstRecordIsTheMeanAndLaterOnesMoveIt() {
    record("p", Map.of("train", 1_000L, "report", 10L));
    assertEquals(Map.of("train", 1_000L, "report", 10L), durations.averageMillis("p"));

    record("p", Map.of("train", 2_000L));
    assertEquals(Map.of("train", 1_300L, "report", 10L), durations.averageMillis("p"));

    record("p", Map.of("train", 0L));
    assertEquals(910, durations.averageMillis("p").get("train"));
  }

  @Test
  void aStepThatHasChangedIsBelievedAfterSomeRuns() {
    record("p", Map.of("train", 60_000L));
    for (int run = 0; run < 30; run++) {
      record("p", Map.of("train", 10L));
    }
    assertEquals(11, durations.averageMillis("p").get("train"));
  }

  @Test
  void pipelinesDoNotDisturbEachOther() {
    record("p", Map.of("train", 1L));
    record("q", Map.of("train", 2L, "é \\'", 3L));

    assertEquals(Map.of("train", 1L), durations.averageMillis("p"));
    assertEquals(Map.of("train", 2L, "é \\'", 3L), durations.averageMillis("q"));
  }

  @Test
  void recordsSurviveAClose() throws IOException {
    Map<String, Long> many = new HashMap<>();
    for (long i = 0; i < 500; i++) {
      many.put("step-" + i, i);
    }
    record("p", many);

    durations = reopen();

    assertEquals(many, durations.averageMillis("p"));
  }

  @Test
  void isSafeForSeveralThreads() throws InterruptedException {
    List<Thread> threads =
        IntStream.range(0, 4)
            .mapToObj(i -> Thread.ofPlatform().start(() -> recordOften("p" + i)))
            .toList();
    for (Thread thread : threads) {
      thread.join();
    }
    for (int i = 0; i < 4; i++) {
      assertEquals(Map.of("a", 7L, "b", 9L), durations.averageMillis("p" + i));
    }
  }

  private void recordOften(String pipeline) {
    for (int i = 0; i < 25; i++) {
      record(pipeline, Map.of("a", 7L, "b", 9L));
    }
  }
}

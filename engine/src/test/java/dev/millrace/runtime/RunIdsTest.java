package dev.millrace.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RunIdsTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00.123Z");

  @Test
  void noneIsGivenTwiceWithinAMillisecond() {
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < 2_000; i++) {
      ids.add(RunIds.next(NOW));
    }
    assertEquals(2_000, ids.size());
  }

  @Test
  void theySortByTime() {
    String id = RunIds.next(NOW);
    assertTrue(RunIds.at(NOW).compareTo(id) < 0);
    assertTrue(id.compareTo(RunIds.at(NOW.plusMillis(1))) < 0);
    assertTrue(RunIds.at(Instant.MIN).compareTo(id) < 0);
    assertTrue(id.compareTo(RunIds.at(Instant.MAX)) < 0);
  }
}

package dev.millrace.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class InMemoryJournalTest extends JournalTck {
  private final InMemoryJournal journal = new InMemoryJournal();

  @Override
  protected Journal open() {
    return journal;
  }

  @Override
  protected Journal reopen() {
    return journal;
  }

  @Override
  protected void breakStore() {
    journal.setFailing(true);
  }

  @Override
  protected void heal() {
    journal.setFailing(false);
  }

  @Test
  void holdsCommitsBackUntilTheyAreReleasedOrLost() {
    RunRecord run =
        new RunRecord(
            "r1", "p", "d", Instant.EPOCH, Map.of(), new RunRecord.Summary("running", "{}", null));
    journal.hold();
    CompletableFuture<Void> lost = journal.create(run, List.of("a")).toCompletableFuture();
    journal.crash();
    journal.hold();
    CompletableFuture<Void> kept = journal.create(run, List.of("b")).toCompletableFuture();

    assertEquals(1, journal.held());
    assertTrue(journal.find("r1").isEmpty());
    journal.release();

    assertTrue(kept.isDone());
    assertFalse(lost.isDone());
    assertEquals(List.of(new StoredFact(1, "b")), journal.read("r1", 1, 9));
  }
}

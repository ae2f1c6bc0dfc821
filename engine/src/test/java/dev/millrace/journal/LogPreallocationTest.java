package dev.millrace.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogPreallocationTest {
  private static final int COMMITS = 200;
  private static final RunRecord RUN =
      new RunRecord(
          "r1", "p", "d", Instant.EPOCH, Map.of(), new RunRecord.Summary("running", "{}", null));

  @TempDir private Path directory;

  @Test
  void thereAreZerosBehindWhatWasCommitted() throws IOException {
    try (StateLock lock = StateLock.acquire(directory, "test");
        SqliteDatabase database = SqliteDatabase.open(lock)) {
      Journal journal = create(database);
      for (int i = 1; i <= COMMITS; i++) {
        append(journal, i);
      }
      // A commit says that it is done before it is seen to that the next one finds room.
      append(journal, COMMITS + 1);
      Path log = log(directory);
      try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
        byte[] end = new byte[1 << 12];
        file.seek(file.length() - end.length);
        file.readFully(end);
        for (byte b : end) {
          assertEquals(0, b);
        }
      }
    }
    assertFalse(Files.exists(log(directory)));
  }

  @Test
  void aPowerCutLeavesAllThatWasCommitted() throws IOException {
    Path copy = Files.createDirectory(directory.resolve("copy"));
    try (StateLock lock = StateLock.acquire(directory, "test");
        SqliteDatabase database = SqliteDatabase.open(lock)) {
      Journal journal = create(database);
      for (int i = 1; i <= COMMITS; i++) {
        append(journal, i);
      }
      Files.copy(directory.resolve("millrace.db"), copy.resolve("millrace.db"));
      Files.copy(log(directory), log(copy));
    }
    assertTrue(Files.size(log(copy)) >= 1 << 18);
    try (StateLock lock = StateLock.acquire(copy, "test");
        SqliteDatabase database = SqliteDatabase.open(lock)) {
      Journal journal = new SqliteJournal(database);
      assertEquals(List.of(new StoredFact(COMMITS, "fact " + COMMITS)), last(journal));
      append(journal, COMMITS + 1);
    }
    try (SqliteDatabase database = SqliteDatabase.openReadOnly(copy)) {
      assertEquals(2, last(new SqliteJournal(database)).size());
    }
  }

  private static Journal create(SqliteDatabase database) {
    Journal journal = new SqliteJournal(database);
    journal.create(RUN, List.of()).toCompletableFuture().join();
    return journal;
  }

  private static void append(Journal journal, int number) {
    journal.append("r1", 1, number, List.of("fact " + number), null).toCompletableFuture().join();
  }

  private static List<StoredFact> last(Journal journal) {
    return journal.read("r1", COMMITS, 10);
  }

  private static Path log(Path state) {
    return state.resolve("millrace.db-wal");
  }
}

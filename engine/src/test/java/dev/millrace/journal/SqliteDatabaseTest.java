package dev.millrace.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteDatabaseTest {
  private static final RunRecord RUN =
      new RunRecord(
          "r1", "p", "d", Instant.EPOCH, Map.of(), new RunRecord.Summary("running", "{}", null));

  @TempDir private Path directory;

  @Test
  void readersSeeWhatIsCommittedWhileAnotherWrites() throws IOException {
    try (StateLock lock = StateLock.acquire(directory, "test");
        SqliteDatabase writing = SqliteDatabase.open(lock);
        SqliteDatabase reading = SqliteDatabase.openReadOnly(directory)) {
      Journal reader = new SqliteJournal(reading);
      assertTrue(reader.find("r1").isEmpty());

      new SqliteJournal(writing).create(RUN, List.of()).toCompletableFuture().join();

      assertEquals(RUN, reader.find("r1").orElseThrow());
    }
  }

  @Test
  void canBeReadWhenNobodyWrites() throws IOException {
    try (StateLock lock = StateLock.acquire(directory, "test");
        SqliteDatabase writing = SqliteDatabase.open(lock)) {
      new SqliteJournal(writing).create(RUN, List.of()).toCompletableFuture().join();
    }

    try (SqliteDatabase reading = SqliteDatabase.openReadOnly(directory)) {
      Journal reader = new SqliteJournal(reading);
      assertEquals(RUN, reader.find("r1").orElseThrow());
      CompletionException refused =
          assertThrows(
              CompletionException.class,
              () -> reader.append("r1", 1, 1, List.of("x"), null).toCompletableFuture().join());
      assertInstanceOf(IllegalStateException.class, refused.getCause());
    }
  }

  @Test
  void readingWhereNothingWasRunSaysSo() {
    NoSuchFileException failure =
        assertThrows(NoSuchFileException.class, () -> SqliteDatabase.openReadOnly(directory));
    assertTrue(failure.toString().contains("nothing has been run here yet"));
  }

  @Test
  void aNewerSchemaIsNotTouched() throws IOException {
    try (StateLock lock = StateLock.acquire(directory, "test")) {
      try (SqliteDatabase database = SqliteDatabase.open(lock)) {
        database.write(statements -> statements.run("PRAGMA user_version = 99")).join();
      }
      assertTrue(
          assertThrows(IOException.class, () -> SqliteDatabase.open(lock))
              .toString()
              .contains("newer millrace"));
      assertTrue(
          assertThrows(IOException.class, () -> SqliteDatabase.openReadOnly(directory))
              .toString()
              .contains("newer millrace"));
    }
  }

  @Test
  void whatWasNeverReleasedIsMadeAnew() throws IOException {
    try (StateLock lock = StateLock.acquire(directory, "test")) {
      try (SqliteDatabase database = SqliteDatabase.open(lock)) {
        new SqliteJournal(database).create(RUN, List.of("x")).toCompletableFuture().join();
        for (String sql :
            List.of(
                "CREATE TABLE actions (key BLOB)",
                "DROP TABLE steps",
                "DROP TABLE definitions",
                "DROP TABLE recent_keys",
                "DROP TABLE settled_keys",
                "DROP TABLE settled",
                "CREATE INDEX results_by_key ON results (prefix, variant)",
                "DROP TABLE step_durations",
                "PRAGMA user_version = 1")) {
          database.write(statements -> statements.run(sql)).join();
        }
      }
      assertTrue(
          assertThrows(IOException.class, () -> SqliteDatabase.openReadOnly(directory))
              .toString()
              .contains("older millrace"));
      try (SqliteDatabase database = SqliteDatabase.open(lock)) {
        Journal journal = new SqliteJournal(database);
        assertTrue(journal.find("r1").isEmpty());
        journal.create(RUN, List.of("x")).toCompletableFuture().join();
        assertEquals(1, journal.read("r1", 1, 9).size());
      }
    }
  }

  @Test
  void aFileThatIsNoDatabaseIsNamed() throws IOException {
    Files.writeString(directory.resolve("millrace.db"), "not a database ".repeat(100));
    try (StateLock lock = StateLock.acquire(directory, "test")) {
      assertTrue(
          assertThrows(IOException.class, () -> SqliteDatabase.open(lock))
              .toString()
              .contains("millrace.db"));
    }
  }

  @Test
  void closingCommitsWhatWasSubmittedAndRefusesTheRest() throws IOException {
    List<CompletableFuture<Void>> stages = new ArrayList<>();
    try (StateLock lock = StateLock.acquire(directory, "test")) {
      SqliteDatabase database = SqliteDatabase.open(lock);
      Journal journal = new SqliteJournal(database);
      stages.add(journal.create(RUN, List.of()).toCompletableFuture());
      for (int i = 1; i <= 3_000; i++) {
        stages.add(journal.append("r1", 1, i, List.of("x"), null).toCompletableFuture());
      }
      database.close();
      stages.forEach(CompletableFuture::join);
      assertTrue(
          journal
              .append("r1", 1, 3_001, List.of("x"), null)
              .toCompletableFuture()
              .isCompletedExceptionally());
    }
    try (SqliteDatabase reading = SqliteDatabase.openReadOnly(directory)) {
      assertEquals(3_000, new SqliteJournal(reading).read("r1", 1, 9_999).size());
    }
  }
}

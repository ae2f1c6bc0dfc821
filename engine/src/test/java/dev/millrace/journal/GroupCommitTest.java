package dev.millrace.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteErrorCode;

/** What becomes of changes while nothing can be written; a real full disk has a test of its own. */
class GroupCommitTest {
  private static final int MORE_THAN_A_GROUP = 1_500;

  @TempDir private Path directory;
  private volatile SQLiteErrorCode trouble = SQLiteErrorCode.SQLITE_FULL;
  private GroupCommit writer;

  @BeforeEach
  void open() throws SQLException {
    Statements statements = connect();
    statements.script("PRAGMA journal_mode = WAL; CREATE TABLE data (value INTEGER PRIMARY KEY)");
    Checkpointer checkpointer = new Checkpointer(this::connect);
    writer =
        new GroupCommit(statements, directory.resolve("db"), checkpointer, CommitObserver.NONE);
  }

  @AfterEach
  void close() {
    writer.close();
  }

  private Statements connect() throws SQLException {
    return new Statements(DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("db")));
  }

  /** Fails as SQLite does. */
  private Write insert(int value) {
    return statements -> {
      if (trouble != SQLiteErrorCode.SQLITE_OK) {
        throw new SQLException("trouble", null, trouble.code);
      }
      statements.run("INSERT INTO data VALUES (" + value + ")");
    };
  }

  private static Write nothing() {
    return statements -> {};
  }

  private List<Integer> values() throws SQLException {
    try (Statements statements = connect();
        ResultSet row = statements.of("SELECT value FROM data ORDER BY value").executeQuery()) {
      List<Integer> values = new ArrayList<>();
      while (row.next()) {
        values.add(row.getInt(1));
      }
      return values;
    }
  }

  private static void assertFailed(CompletableFuture<Void> stage) {
    CompletionException failure = assertThrows(CompletionException.class, stage::join);
    assertInstanceOf(IOException.class, failure.getCause());
  }

  @Test
  void patientChangesAreMadeBeforeWhatIsBehindThem() throws SQLException {
    List<CompletableFuture<Void>> patient = new ArrayList<>();
    for (int i = 0; i < MORE_THAN_A_GROUP; i++) {
      patient.add(writer.submitPatiently(insert(i)));
    }
    // They wait for nobody, however many stand before them.
    assertFailed(writer.submit(nothing()));
    assertFailed(writer.submit(nothing()));
    assertEquals(List.of(), values());
    assertTrue(patient.stream().noneMatch(CompletableFuture::isDone));

    trouble = SQLiteErrorCode.SQLITE_OK;
    writer.submit(nothing()).join();
    assertTrue(patient.stream().allMatch(CompletableFuture::isDone));
    assertEquals(MORE_THAN_A_GROUP, values().size());
  }

  @Test
  void patientChangesAreMadeByThemselvesWhenTheTroubleIsOver() throws SQLException {
    CompletableFuture<Void> patient = writer.submitPatiently(insert(1));
    assertFailed(writer.submit(nothing()));
    trouble = SQLiteErrorCode.SQLITE_OK;
    patient.join();
    assertEquals(List.of(1), values());
  }

  @Test
  void whatCannotSucceedLaterFailsAtOnce() throws SQLException {
    trouble = SQLiteErrorCode.SQLITE_CORRUPT;
    assertFailed(writer.submitPatiently(insert(1)));
    writer.submit(nothing()).join();
    trouble = SQLiteErrorCode.SQLITE_OK;
    writer.submit(insert(2)).join();
    assertEquals(List.of(2), values());
  }

  @Test
  void whatIsNotPatientFailsAlone() throws SQLException {
    assertFailed(writer.submitLazily(insert(1)));
    writer.submit(nothing()).join();
    assertEquals(List.of(), values());
  }

  @Test
  void atTheEndNothingIsMadeWithoutWhatStandsBeforeIt() throws SQLException {
    List<CompletableFuture<Void>> patient = new ArrayList<>();
    for (int i = 0; i < MORE_THAN_A_GROUP; i++) {
      patient.add(writer.submitPatiently(insert(i)));
    }
    assertFailed(writer.submit(nothing()));
    assertFalse(patient.getFirst().isDone());
    writer.close();
    patient.forEach(GroupCommitTest::assertFailed);
    assertEquals(List.of(), values());
  }
}

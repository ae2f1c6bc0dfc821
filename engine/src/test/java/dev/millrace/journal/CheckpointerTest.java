package dev.millrace.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointerTest {
  private static final String WRITTEN =
      "SELECT count(*), total(length(value)) FROM data WHERE value IS NOT NULL";

  @TempDir private Path directory;
  private final AtomicInteger opened = new AtomicInteger();

  @Test
  void aLongLogIsCopiedWithoutTheWriter() throws SQLException {
    try (Statements writer = open()) {
      try (Checkpointer checkpointer = new Checkpointer(this::counted)) {
        write(writer, 20);
        checkpointer.look(writer);
        assertEquals(0, opened.get());
        write(writer, 20);
        checkpointer.look(writer);
      }
      assertEquals(1, opened.get());
      Log log = log(writer);
      assertTrue(log.pages > 6_000, log.toString());
      assertEquals(log.pages, log.copied);

      // The next transaction begins the log anew.
      write(writer, 1);
      assertTrue(log(writer).pages < 1_000, log(writer).toString());
      try (ResultSet row = writer.of(WRITTEN).executeQuery()) {
        assertEquals(41, row.getInt(1));
        assertEquals(41 * 1e6, row.getDouble(2));
      }
    }
  }

  @Test
  void aCopyThatFailsIsTriedAgain() throws SQLException {
    try (Statements writer = open()) {
      write(writer, 20);
      try (Checkpointer checkpointer =
          new Checkpointer(
              () -> {
                if (opened.incrementAndGet() < 3) {
                  throw new SQLException("no connection");
                }
                return open();
              })) {
        while (log(writer).copied == 0 && log(writer).pages < Checkpointer.LOG_PAGES) {
          write(writer, 1);
          checkpointer.look(writer);
          Thread.onSpinWait();
        }
      }
      assertTrue(opened.get() >= 3);
      assertTrue(log(writer).copied > 4_000, log(writer).toString());
    }
  }

  /** So that it finds no copy under way when it does the rest. */
  @Test
  void aLogThatIsTooLongIsLeftToTheWriter() throws SQLException {
    try (Statements writer = open()) {
      write(writer, 70);
      try (Checkpointer checkpointer = new Checkpointer(this::counted)) {
        checkpointer.look(writer);
      }
      assertEquals(0, opened.get());
    }
  }

  private record Log(int pages, int copied) {}

  private static Log log(Statements statements) throws SQLException {
    try (ResultSet row = statements.of("PRAGMA wal_checkpoint(NOOP)").executeQuery()) {
      return new Log(row.getInt(2), row.getInt(3));
    }
  }

  private static void write(Statements writer, int megabytes) throws SQLException {
    for (int i = 0; i < megabytes; i++) {
      writer.run("INSERT INTO data SELECT zeroblob(1000000)");
    }
  }

  private Statements counted() throws SQLException {
    opened.incrementAndGet();
    return open();
  }

  private Statements open() throws SQLException {
    Statements statements =
        new Statements(DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("db")));
    statements.script(
        """
        PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;
        CREATE TABLE IF NOT EXISTS data (value)\
        """);
    return statements;
  }
}

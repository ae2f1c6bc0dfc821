package dev.millrace.journal;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

class SqliteJournalTest extends JournalTck {
  @TempDir private Path directory;
  private @Nullable StateLock lock;
  private @Nullable SqliteDatabase database;

  @Override
  protected Journal open() throws IOException {
    StateLock taken = StateLock.acquire(directory, "test");
    SqliteDatabase opened = SqliteDatabase.open(taken);
    lock = taken;
    database = opened;
    return new SqliteJournal(opened);
  }

  @AfterEach
  void closeDatabase() throws IOException {
    if (database != null && lock != null) {
      database.close();
      lock.close();
    }
  }

  @Override
  protected Journal reopen() throws IOException {
    closeDatabase();
    return open();
  }

  @Override
  protected void breakStore() {
    limitPages("SELECT page_count FROM pragma_page_count");
  }

  @Override
  protected void heal() {
    limitPages("SELECT 1000000000");
  }

  /** SQLite's own limit gives the very error of a full disk. */
  private void limitPages(String limit) {
    if (database != null) {
      database.write(statements -> setLimit(statements, limit)).join();
    }
  }

  private static void setLimit(Statements statements, String select) throws SQLException {
    long pages;
    try (ResultSet row = statements.of(select).executeQuery()) {
      pages = row.getLong(1);
    }
    statements.run("PRAGMA max_page_count = " + pages);
  }
}

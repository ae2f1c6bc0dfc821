package dev.millrace.journal;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

class SqliteDefinitionsTest extends DefinitionStoreTck {
  @TempDir private Path directory;
  private @Nullable StateLock lock;
  private @Nullable SqliteDatabase database;

  @Override
  protected DefinitionStore open() throws IOException {
    StateLock taken = StateLock.acquire(directory, "test");
    SqliteDatabase opened = SqliteDatabase.open(taken);
    lock = taken;
    database = opened;
    return new SqliteDefinitions(opened);
  }

  @Override
  protected DefinitionStore reopen() throws IOException {
    closeDatabase();
    return open();
  }

  @AfterEach
  void closeDatabase() throws IOException {
    if (database != null && lock != null) {
      database.close();
      lock.close();
    }
  }
}
